//! Outlines, trees and JSON of small spaces, word for word.

use super::outline::{ItemNaming, Outline, Part};
use super::test_types::{Cnn, Expr, FeedForward, Grid};
use super::{SearchSpace, Space};

#[test]
fn what_depends_on_an_action_hangs_from_it() {
    let tree = "\
Cnn: Conv | Pool
└─ Conv
   ├─ Cnn.Conv.kernel: 1 | 3 | 5 | 7
   ├─ Dense.units: 64 | 128
   └─ Dense.bias: false | true";
    assert_eq!(Cnn::space().to_string(), tree);
    let tree = "\
FeedForward.layers.len: 0 | 1 | 2
└─ × 0..=2
   ├─ Dense.units: 64 | 128
   └─ Dense.bias: false | true";
    assert_eq!(FeedForward::space().to_string(), tree);
    assert_eq!(Space::of::<[(); 3]>().to_string(), "nothing to decide");
}

#[test]
fn a_tree_shows_all_that_a_space_can_say() {
    let tree = "\
pruned
├─ Grid.low: 0 | 1 | 2 | … | 1000
├─ Grid.high: 500 | 1001, at least Grid.low, other than Grid.low
├─ × 21 Grid.cells[i]: false | true
├─ × 2 (i = 2, 5) Grid.some[i]: none | some
│  └─ some
│     └─ Grid.some[i].some: false | true
├─ × 3 (tied) Grid.alike: false | true
├─ Cnn: Pool
└─ × 2
   ├─ Grid.pair[i].0: false | true
   ├─ Dense.units: 64 | 128
   └─ Dense.bias: false | true";
    assert_eq!(Grid::space().to_string(), tree);
    let tree = "\
Expr, nested at most 4 deep
└─ Expr: Leaf | Add | Not
   ├─ Add
   │  ├─ Expr again
   │  └─ Expr again
   └─ Not
      ├─ Expr again
      └─ Expr.Not.strict: false | true";
    assert_eq!(Expr::space().to_string(), tree);
}

#[test]
fn json_is_the_outline_and_is_read_back() {
    let json = r#"{
  "parts": [
    {
      "part": "repeat",
      "length": {
        "state": "FeedForward.layers.len",
        "kind": "length",
        "actions": [
          {
            "label": "0"
          },
          {
            "label": "1"
          },
          {
            "label": "2"
          }
        ]
      },
      "times": {
        "min": 0,
        "max": 2
      },
      "naming": "own",
      "parts": [
        {
          "part": "decision",
          "state": "Dense.units",
          "kind": "integer",
          "actions": [
            {
              "label": "64"
            },
            {
              "label": "128"
            }
          ],
          "place": "FeedForward.layers[i].units"
        },
        {
          "part": "decision",
          "state": "Dense.bias",
          "kind": "flag",
          "actions": [
            {
              "label": "false"
            },
            {
              "label": "true"
            }
          ],
          "place": "FeedForward.layers[i].bias"
        }
      ]
    }
  ]
}"#;
    assert_eq!(FeedForward::space().to_json(), json);
    for space in [Cnn::space(), FeedForward::space(), Grid::space(), Expr::space()] {
        assert_eq!(serde_json::from_str::<Outline>(&space.to_json()).unwrap(), space.outline());
    }
}

#[test]
fn an_outline_has_aliases_relations_and_positions() {
    let [Part::Decision(decision)] = &Cnn::space().outline().parts[..] else { panic!("one decision") };
    assert_eq!(decision.actions[0].aliases, ["Convolve"]);
    let json: serde_json::Value = serde_json::from_str(&Grid::space().to_json()).unwrap();
    let parts = &json["parts"][0]["parts"];
    assert_eq!(parts[1]["comparisons"][1], serde_json::json!({ "relation": "other than", "earlier": "Grid.low" }));
    assert_eq!(parts[3]["naming"], serde_json::json!({ "at": [2, 5] }));
    assert_eq!(serde_json::to_value(ItemNaming::Tied).unwrap(), parts[4]["naming"]);
}

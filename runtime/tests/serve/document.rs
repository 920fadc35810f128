//! The document of the interface, and whether it is true.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::service::Service;
use crate::{owner, queue};

/// Writes `docs/openapi.json` anew where this is set.
const WRITE: &str = "TRANSFER_NAS_WRITE_OPENAPI";

fn service(folder: &Path) -> (Service, Value) {
    let file = folder.join("runs.db");
    queue(&mut owner(&file, "study"), 1..=3);
    let service = Service::start(&file, &[], None);
    let document = service.client().get("/api/v1/openapi.json").json();
    (service, document)
}

#[test]
fn the_document_is_that_of_the_code() {
    let folder = tempfile::tempdir().unwrap();
    let (_service, document) = service(folder.path());
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json"));
    let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let written: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(written == document, "docs/openapi.json is not what the code says; {WRITE}=1 writes it anew: read it then");
}

/// What there is to say in each operation.
fn body(path: &str) -> Value {
    let attempt = |more: Value| {
        let mut body = json!({"worker": "w", "attempt": 1});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    match path.rsplit('/').next().unwrap() {
        "ask" => json!({"worker": "w", "wait": 0.0, "held": []}),
        "report" => attempt(json!({"step": 1, "value": 0.5})),
        "note" => attempt(json!({"key": "k", "value": [1]})),
        "tell" => attempt(json!({"outcome": {"reward": 0.5}})),
        "enqueue" => json!({"values": {"Config.number": 77, "Config.residual": false}}),
        "heartbeat" => json!({"worker": "w", "held": [{"trial": 0, "attempt": 1}, {"trial": 2, "attempt": 1}]}),
        other => panic!("no body for {other}"),
    }
}

#[test]
fn every_operation_answers_as_the_document_says() {
    let folder = tempfile::tempdir().unwrap();
    let (service, document) = service(folder.path());
    let mut client = service.client();
    let mut found = 0;
    // In the order of a trial's life.
    let mut operations: Vec<(&String, &String, &Value)> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        operations.extend(methods.as_object().unwrap().iter().map(|(method, operation)| (path, method, operation)));
    }
    operations.sort_by_key(|(path, ..)| ["ask", "report", "note", "tell"].iter().position(|end| path.ends_with(end)));
    for (path, method, operation) in operations {
        let address = format!("/api/v1{}", path.replace("{study}", "study").replace("{trial}", "0"));
        let answer = if method == "post" {
            let body = body(path);
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            check(&document, schema, &body).unwrap_or_else(|what| panic!("{path}: {what}"));
            client.post(&address, &body)
        } else {
            client.get(&address)
        };
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        check(&document, schema, &answer.json()).unwrap_or_else(|what| panic!("{path}: {what}"));
        if path != "/openapi.json" && path != "/studies" {
            let wrong = address.replace("/study", "/other");
            let wrong = if method == "post" { client.post(&wrong, &body(path)) } else { client.get(&wrong) };
            assert_eq!(wrong.status, 404, "{path}");
            let schema = &operation["responses"]["default"]["content"]["application/json"]["schema"];
            check(&document, schema, &wrong.json()).unwrap_or_else(|what| panic!("{path}: {what}"));
        }
        found += 1;
    }
    assert_eq!(found, 9);
}

/// Whether a value is as a schema says, with no key that is not documented.
fn check(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.strip_prefix("#/components/schemas/").ok_or("a reference to elsewhere")?;
        return check(document, &document["components"]["schemas"][name], value)
            .map_err(|what| format!("{name}: {what}"));
    }
    if let Some(one_of) = schema["oneOf"].as_array() {
        let tried: Vec<_> = one_of.iter().map(|schema| check(document, schema, value)).collect();
        return if tried.iter().any(Result::is_ok) { Ok(()) } else { Err(format!("{tried:?}")) };
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        // Anything.
        _ => return Ok(()),
    };
    let is_of = |kind: &&&str| match **kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    kinds.iter().find(is_of).ok_or_else(|| format!("{value} is none of {kinds:?}"))?;
    if let Some(words) = schema["enum"].as_array().filter(|words| !words.contains(value)) {
        return Err(format!("{value} is none of {words:?}"));
    }
    for item in value.as_array().into_iter().flatten() {
        check(document, &schema["items"], item)?;
    }
    let (Some(object), Some(properties)) = (value.as_object(), schema["properties"].as_object()) else { return Ok(()) };
    let required: BTreeSet<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if let Some(missing) = required.iter().find(|key| !object.contains_key(**key)) {
        return Err(format!("`{missing}` is missing in {value}"));
    }
    object.iter().try_for_each(|(key, value)| {
        let schema = properties.get(key).ok_or_else(|| format!("`{key}` is not documented"))?;
        check(document, schema, value).map_err(|what| format!("{key}: {what}"))
    })
}

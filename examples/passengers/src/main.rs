//! How should the passengers of an airline be forecast? A study of three decisions, two of them conditional.

use transfer_nas::prelude::*;
use transfer_nas::study::Study;

#[search_space]
#[derive(Debug, Clone)]
struct Forecast {
    #[space(range = 0.05..=1.0, bins = 20)]
    level: f64, // how fast the level follows the values
    #[space(range = 0.05..=1.0, bins = 20)]
    trend: Option<f64>, // `None`: there is no trend, and nothing of it to choose
    #[space(range = 0.05..=1.0, bins = 20)]
    season: Option<f64>, // the same for the months of the year
}

/// International airline passengers in thousands, by month, from 1949 to 1951 (Box and Jenkins, 1976).
const PASSENGERS: [f64; 36] = [
    112., 118., 132., 129., 121., 135., 148., 148., 136., 119., 104., 118., //
    115., 126., 141., 135., 125., 149., 170., 170., 158., 133., 114., 140., //
    145., 150., 178., 163., 172., 178., 199., 199., 184., 162., 146., 166.,
];

/// The mean error of the forecasts, each a month ahead: exponential smoothing (Holt, 1957; Winters, 1960).
fn error(config: &Forecast) -> f64 {
    let (mut level, mut slope, mut season, mut sum) = (PASSENGERS[0], 0.0, [1.0; 12], 0.0);
    for (month, passengers) in PASSENGERS.into_iter().enumerate() {
        let (before, factor) = (level, season[month % 12]);
        if month >= 12 {
            sum += (passengers - (level + slope) * factor).abs(); // the first year is to learn from
        }
        level += slope + config.level * (passengers / factor - level - slope);
        slope += config.trend.unwrap_or(0.0) * (level - before - slope);
        season[month % 12] += config.season.unwrap_or(0.0) * (passengers / level - factor);
    }
    sum / 24.0
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let study = Study::open("passengers.db")?.name("smoothing").minimize().workers(2).deterministic();
    let mut study = study.trials(60).run(error)?;
    println!("{:?}", study.best()?);
    study.report("passengers.html")?;
    Ok(())
}

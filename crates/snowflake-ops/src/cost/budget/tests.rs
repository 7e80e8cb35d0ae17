//! Alerts: none is missed, none is told twice, and rows may come in any order and late.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration as StdDuration;

use proptest::prelude::*;
use snowflake_proto::DataType;
use snowflake_sim::{Answer, CellValue, Expect, Reply, Script, StandIn, Table};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::{
    Alert, AlertKind, AlertMemory, AlertSink, Budget, BudgetPeriod, BudgetScope, BudgetWatch, BurnRate,
    CallbackSink, LogSink, Spend, Spender, WebhookSink, evaluate_budget,
};
use crate::error::ErrorKind;
use crate::testing::{NOW, pool};

const START: OffsetDateTime = datetime!(2026-03-01 0:00 UTC);

fn spend(hour: i64, warehouse: u8, credits: f64) -> Spend {
    let start = START + Duration::hours(hour);
    let spender = Spender::Warehouse(format!("WH{warehouse}"));
    Spend { start, end: start + Duration::HOUR, credits, spender }
}

fn quiet(period: BudgetPeriod, credits: f64) -> Budget {
    Budget::new("b", credits, period).with_burn_rates([]).with_forecast(false)
}

fn ids(alerts: &[Alert]) -> Vec<&str> {
    alerts.iter().map(|alert| alert.id.as_str()).collect()
}

/// Rows of four days with corrections: a row that comes again has at least what it had.
fn rows() -> impl Strategy<Value = Vec<Spend>> {
    let row = (0_i64..96, 0_u8..3, 0.0..3.0_f64);
    prop::collection::vec(row, 0..80).prop_map(|rows| {
        rows.into_iter().map(|(hour, warehouse, credits)| spend(hour, warehouse, credits)).collect()
    })
}

/// The thresholds of every day that the final figures reach.
fn reached(budget: &Budget, rows: &[Spend]) -> BTreeSet<(OffsetDateTime, u64)> {
    let mut figures = std::collections::BTreeMap::new();
    for row in rows {
        let figure = figures.entry((row.start, row.spender.clone())).or_insert(0.0_f64);
        *figure = figure.max(row.credits);
    }
    let mut days = std::collections::BTreeMap::<OffsetDateTime, f64>::new();
    for ((start, _), credits) in figures {
        *days.entry(start.replace_time(time::Time::MIDNIGHT)).or_default() += credits;
    }
    let parts = |spent: f64| {
        budget
            .thresholds
            .iter()
            .filter(move |part| spent >= **part * budget.credits)
            .map(|part| part.to_bits())
    };
    days.into_iter()
        .flat_map(|(day, spent)| parts(spent).map(move |part| (day, part)).collect::<Vec<_>>())
        .collect()
}

proptest! {
    #[test]
    fn e02_no_crossing_is_missed_and_none_is_told_twice(
        rows in rows(),
        arrival in prop::collection::vec((any::<u16>(), 0_i64..20), 80),
        credits in 0.5..20.0_f64,
    ) {
        let budget = quiet(BudgetPeriod::Day, credits);
        // Each row arrives up to twenty hours after its hour, in an order of its own.
        let mut late: Vec<(OffsetDateTime, u16, Spend)> = rows
            .iter()
            .zip(&arrival)
            .map(|(row, (order, hours))| (row.end + Duration::hours(*hours), *order, row.clone()))
            .collect();
        late.sort_by_key(|(at, order, _)| (*at, *order));
        let (mut memory, mut told, mut there) = (AlertMemory::new(), Vec::new(), Vec::new());
        for hour in 0..130 {
            let now = START + Duration::hours(hour);
            let arrived = late.iter().filter(|(at, ..)| *at > now - Duration::HOUR && *at <= now);
            // What is known grows from the back: the order in which rows are given differs every time.
            for (_, _, row) in arrived {
                there.insert(0, row.clone());
            }
            let (_, alerts) = evaluate_budget(&budget, &there, now, &memory);
            alerts.iter().for_each(|alert| memory.note(alert));
            told.extend(alerts);
        }
        let unique: BTreeSet<&str> = told.iter().map(|alert| alert.id.as_str()).collect();
        prop_assert_eq!(unique.len(), told.len());
        let told: BTreeSet<_> = told
            .iter()
            .map(|alert| match alert.kind {
                AlertKind::Threshold { part } => (alert.period_start, part.to_bits()),
                _ => unreachable!("only thresholds are asked for"),
            })
            .collect();
        prop_assert_eq!(told, reached(&budget, &rows));
    }

    #[test]
    fn e02_neither_order_nor_repetition_of_rows_matters(
        rows in rows(),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
        hour in 0_i64..130,
    ) {
        let budget = Budget::new("b", 8.0, BudgetPeriod::Day);
        let now = START + Duration::hours(hour);
        let (status, alerts) = evaluate_budget(&budget, &rows, now, &AlertMemory::new());
        let mut shuffled: Vec<Spend> = rows.iter().rev().cloned().collect();
        if !rows.is_empty() {
            for index in again {
                // An earlier, emptier form of a row that is there.
                let row = index.get(&rows);
                shuffled.insert(0, Spend { credits: row.credits / 2.0, ..row.clone() });
                shuffled.push(row.clone());
            }
        }
        prop_assert_eq!(evaluate_budget(&budget, &shuffled, now, &AlertMemory::new()), (status, alerts));
    }

    #[test]
    fn no_figure_makes_it_panic(
        figures in prop::collection::vec((any::<f64>(), -1_000_000_i64..1_000_000), 0..30),
        credits in any::<f64>(),
        now in 0_i64..4_000_000_000,
    ) {
        let rows: Vec<Spend> = figures.iter().map(|(credits, hour)| spend(*hour, 0, *credits)).collect();
        let budget = Budget::new("b", credits, BudgetPeriod::Quarter);
        let now = OffsetDateTime::from_unix_timestamp(now).unwrap();
        let _ = evaluate_budget(&budget, &rows, now, &AlertMemory::new());
    }
}

#[test]
fn a_late_row_of_the_last_period_is_told_of_that_period() {
    let budget = quiet(BudgetPeriod::Month, 10.0);
    let now = datetime!(2026-04-02 0:00 UTC);
    let (status, alerts) = evaluate_budget(&budget, &[spend(30 * 24, 0, 9.0)], now, &AlertMemory::new());
    assert_eq!(status.spent, 0.0);
    assert_eq!(alerts.iter().map(|alert| alert.period_start).collect::<Vec<_>>(), [START, START]);
    let memory: AlertMemory = ids(&alerts).into_iter().collect();
    assert!(evaluate_budget(&budget, &[spend(30 * 24, 0, 9.0)], now, &memory).1.is_empty());
    // A period that is long over is not told of.
    let june = datetime!(2026-06-02 0:00 UTC);
    assert!(evaluate_budget(&budget, &[spend(30 * 24, 0, 9.0)], june, &AlertMemory::new()).1.is_empty());
}

#[test]
fn scopes_count_what_is_theirs() {
    let tagged = Spend { spender: Spender::Tag("etl".into()), ..spend(0, 0, 4.0) };
    let rows = [spend(0, 1, 1.0), spend(0, 2, 2.0), tagged];
    let now = START + Duration::hours(5);
    let spent = |scope: BudgetScope| {
        let budget = quiet(BudgetPeriod::Day, 100.0).with_scope(scope);
        evaluate_budget(&budget, &rows, now, &AlertMemory::new()).0.spent
    };
    assert_eq!(spent(BudgetScope::Account), 3.0);
    assert_eq!(spent(BudgetScope::Warehouse("WH2".into())), 2.0);
    assert_eq!(spent(BudgetScope::Tag("etl".into())), 4.0);
    assert_eq!(spent(BudgetScope::Tag("other".into())), 0.0);
}

#[test]
fn credits_that_go_too_fast_are_told_when_both_windows_say_so() {
    let hours = StdDuration::from_secs(3_600);
    let rule = BurnRate { long: hours * 24, short: hours * 6, factor: 4.0 };
    let budget = quiet(BudgetPeriod::Month, 744.0).with_burn_rates([rule]).with_thresholds([]);
    // A credit an hour is allowed. The horizon is three hours back.
    let now = START + Duration::hours(51);
    let told = |rows: &[Spend]| evaluate_budget(&budget, rows, now, &AlertMemory::new()).1.len();
    let going: Vec<Spend> = (24..48).map(|hour| spend(hour, 0, 5.0)).collect();
    assert_eq!(told(&going), 1);
    let over: Vec<Spend> = (24..42).map(|hour| spend(hour, 0, 50.0)).collect();
    assert_eq!(told(&over), 0, "the cause has ended six hours ago");
    let burst: Vec<Spend> = (42..48).map(|hour| spend(hour, 0, 5.0)).collect();
    assert_eq!(told(&burst), 0, "six hours are too short to tell");
}

#[test]
fn a_forecast_above_the_credits_is_told_once_in_the_period() {
    let budget = Budget::new("b", 300.0, BudgetPeriod::Month).with_thresholds([]).with_burn_rates([]);
    let rows: Vec<Spend> = (0..240).map(|hour| spend(hour, 0, 0.5)).collect();
    let now = START + Duration::days(10);
    let (status, alerts) = evaluate_budget(&budget, &rows, now, &AlertMemory::new());
    assert!((status.forecast.unwrap().credits - 372.0).abs() < 1e-6, "{status:?}");
    let [alert] = alerts.as_slice() else { panic!("{alerts:?}") };
    assert!(alert.to_string().contains("372.00 expected by 2026-04-01"), "{alert}");
    let memory: AlertMemory = ids(&alerts).into_iter().collect();
    assert!(evaluate_budget(&budget, &rows, now + Duration::hours(1), &memory).1.is_empty());
}

#[test]
fn budgets_that_cannot_work_are_refused_by_name() {
    let good = || Budget::new("etl", 1.0, BudgetPeriod::Day);
    let wrong = [
        Budget::new("etl", 0.0, BudgetPeriod::Day),
        Budget::new("etl", f64::NAN, BudgetPeriod::Day),
        good().with_thresholds([0.5, -1.0]),
        good().with_burn_rates([BurnRate { long: StdDuration::ZERO, short: StdDuration::ZERO, factor: 1.0 }]),
    ];
    for budget in wrong {
        let error = BudgetWatch::new([budget]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("etl"), "{error}");
    }
    assert!(BudgetWatch::new([good(), good()]).unwrap_err().to_string().contains("two budgets"));
}

#[test]
fn a_memory_survives_a_restart_and_forgets_what_is_long_over() {
    let budget = quiet(BudgetPeriod::Day, 1.0);
    let (_, alerts) =
        evaluate_budget(&budget, &[spend(0, 0, 5.0)], START + Duration::HOUR, &AlertMemory::new());
    let mut memory = AlertMemory::new();
    alerts.iter().for_each(|alert| memory.note(alert));
    let kept: Vec<String> = memory.ids().map(str::to_owned).collect();
    assert_eq!(kept.iter().collect::<AlertMemory>(), memory);
    memory.forget_before(START + Duration::DAY);
    assert_eq!(memory.ids().count(), 3);
    memory.forget_before(START + Duration::days(2));
    assert_eq!(memory.ids().count(), 0);
}

/// A service whose metering has one row: so many credits in the hour before now.
fn metered(credits: f64) -> StandIn {
    let instant = DataType::TimestampLtz { scale: 3 };
    let row = vec![
        "WH".into(),
        CellValue::Instant(NOW - Duration::HOUR),
        CellValue::Instant(NOW),
        credits.into(),
        credits.into(),
        0.0.into(),
    ];
    let table = Table::new()
        .text("WAREHOUSE_NAME")
        .column("START_TIME", instant.clone())
        .column("END_TIME", instant)
        .float("CREDITS_USED")
        .float("CREDITS_USED_COMPUTE")
        .float("CREDITS_USED_CLOUD_SERVICES");
    StandIn::new().on_prefix("SELECT warehouse_name, start_time", Answer::rows(table.row(row)))
}

#[tokio::test(start_paused = true)]
async fn e02_every_sink_is_told_once_and_one_that_fails_is_told_again() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    let hook = Arc::new(
        Script::new()
            .expect(Expect::post("/hook/token").times(1).reply(Reply::status(404)))
            .expect(Expect::post("/hook/token").times(2).reply(Reply::status(204))),
    );
    let pool = pool(&metered(9.0));
    let webhook = WebhookSink::new(&pool, "https://alerts.example/hook/token").unwrap();
    let mut watch = BudgetWatch::new([quiet(BudgetPeriod::Day, 10.0)])
        .unwrap()
        .with_sink(webhook.with_transport(Arc::clone(&hook) as _))
        .with_sink(LogSink)
        .with_sink(CallbackSink::new(move |alert: &Alert| ear.lock().unwrap().push(alert.id.clone())));

    let first = watch.check(&pool).await.unwrap();
    assert_eq!((first.alerts.len(), heard.lock().unwrap().len()), (2, 2));
    let [failure] = first.failures.as_slice() else { panic!("{first:?}") };
    assert!(failure.to_string().contains("alerts.example answered an alert with status 404"), "{failure}");
    assert!(!format!("{failure:?}{watch:?}").contains("token"));

    let second = watch.check(&pool).await.unwrap();
    assert!(second.alerts.is_empty() && second.failures.is_empty(), "{second:?}");
    assert_eq!(heard.lock().unwrap().len(), 2, "whoever was told is not told again");
    hook.verify().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_webhook_is_posted_json_and_again_while_it_is_down() {
    let posted = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&posted);
    let hook = Script::new().expect(Expect::post("/hook").times(2).reply(Reply::status(503))).expect(
        Expect::post("/hook").reply_with(move |request| {
            seen.lock().unwrap().push(request.json());
            Reply::status(200)
        }),
    );
    let pool = pool(&StandIn::new());
    let sink = WebhookSink::new(&pool, "https://alerts.example/hook").unwrap().with_transport(Arc::new(hook));
    let budget = quiet(BudgetPeriod::Day, 10.0).with_thresholds([0.5]);
    let (_, alerts) =
        evaluate_budget(&budget, &[spend(0, 0, 6.0)], START + Duration::HOUR, &AlertMemory::new());
    sink.deliver(&alerts[0]).await.unwrap();
    let posted = posted.lock().unwrap();
    assert_eq!(posted[0]["threshold"], 0.5);
    assert_eq!(posted[0]["period_start"], "2026-03-01T00:00:00Z");
    assert_eq!(posted[0]["id"], alerts[0].id.as_str());
    assert!(posted[0]["text"].as_str().unwrap().contains("6.00 of 10.00 credits"));
    for address in ["", "ftp://x/y", "alerts.example", "https://"] {
        assert_eq!(
            WebhookSink::new(&pool, address).unwrap_err().kind(),
            ErrorKind::Configuration,
            "{address}"
        );
    }
}

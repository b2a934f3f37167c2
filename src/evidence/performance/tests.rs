use proptest::prelude::*;

use super::*;
use crate::facts::performance::PerformanceThreshold;

/// A format's name, a report, and its requests, failed ones, rate, and 95th percentile.
struct Sample {
    format: &'static str,
    text: &'static str,
    told: (u64, Option<u64>, Option<f64>, Option<f64>),
}

const SAMPLES: &[Sample] = &[
    Sample {
        format: "k6-summary",
        text: r#"{"metrics":{"iterations":{"values":{"count":4}},"http_reqs":{"values":{"count":10,"rate":5}},"http_req_failed":{"values":{"rate":0.2,"passes":2,"fails":8}},"http_req_duration":{"values":{"med":3,"p(95)":9.5},"thresholds":{"p(95)<9":{"ok":false}}}}}"#,
        told: (10, Some(2), Some(5.0), Some(9.5)),
    },
    Sample {
        format: "k6-points",
        text: concat!(
            r#"{"type":"Metric","data":{"name":"http_req_failed","type":"rate","thresholds":["rate<0.5"],"submetrics":null},"metric":"http_req_failed"}"#,
            "\n",
            r#"{"metric":"http_req_duration","type":"Point","data":{"time":"2026-01-01T00:00:01Z","value":100,"tags":{}}}"#,
            "\n",
            r#"{"metric":"http_req_failed","type":"Point","data":{"time":"2026-01-01T00:00:01Z","value":0,"tags":{}}}"#,
            "\n",
            r#"{"metric":"http_req_duration","type":"Point","data":{"time":"2026-01-01T00:00:01.900Z","value":200,"tags":{}}}"#,
            "\n",
            r#"{"metric":"http_req_failed","type":"Point","data":{"time":"2026-01-01T00:00:01.900Z","value":1,"tags":{}}}"#,
            "\n"
        ),
        told: (2, Some(1), Some(2.0), Some(195.0)),
    },
    Sample {
        format: "autocannon",
        text: r#"{"errors":2,"timeouts":1,"non2xx":3,"latency":{"min":1,"p50":2,"p90":4,"p97_5":8,"p99":9,"max":20},"requests":{"average":5,"total":18}}"#,
        told: (20, Some(5), Some(5.0), None),
    },
    Sample {
        format: "wrk",
        text: "Running 3s test @ http://x/\n  1 threads and 4 connections\n  Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency     1.50ms  200.00us   9.00ms   79.79%\n  Latency Distribution\n     50%    1.20ms\n     90%    2.00ms\n     99%    1.00s\n  18 requests in 2.00s, 1.00KB read\n  Socket errors: connect 0, read 1, write 0, timeout 1\n  Non-2xx or 3xx responses: 3\nRequests/sec:      9.00\nTransfer/sec:     34.33KB\n",
        told: (20, Some(5), Some(9.0), None),
    },
    Sample {
        format: "hey",
        text: "\nSummary:\n  Total:\t2.0000 secs\n  Slowest:\t0.1248 secs\n  Fastest:\t0.0053 secs\n  Requests/sec:\t5.0000\n\nResponse time histogram:\n  0.005 [1]\t|\n\nLatency distribution:\n  50% in 0.0056 secs\n  95% in 0.1207 secs\n\nStatus code distribution:\n  [200]\t7 responses\n  [500]\t2 responses\n\nError distribution:\n  [1]\tGet http://x: refused\n\n",
        told: (10, Some(3), Some(5.0), Some(120.7)),
    },
    Sample {
        format: "hey-csv",
        text: "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n0.1,0,0,0,0,0,200,0.0\n0.3,0,0,0,0,0,503,0.7\n",
        told: (2, None, Some(2.0), Some(290.0)),
    },
    Sample {
        format: "ab",
        text: "This is ApacheBench, Version 2.3\nDocument Path:          /\nComplete requests:      10\nFailed requests:        1\n   (Connect: 0, Receive: 0, Length: 1, Exceptions: 0)\nNon-2xx responses:      2\nRequests per second:    50.50 [#/sec] (mean)\n\nPercentage of the requests served within a certain time (ms)\n  50%      5\n  90%      8\n  95%     12\n  99%     20\n 100%     21 (longest request)\n",
        told: (10, Some(2), Some(50.5), Some(12.0)),
    },
    Sample {
        format: "vegeta-text",
        text: "Requests      [total, rate, throughput]         10, 5.00, 4.00\nDuration      [total, attack, wait]             2.1s, 2s, 100ms\nLatencies     [min, mean, 50, 90, 95, 99, max]  1ms, 2ms, 2ms, 140.5ms, 1m0.5s, 1m1s, 1m1s\nBytes In      [total, mean]                     10, 1.00\nSuccess       [ratio]                           80.00%\nStatus Codes  [code:count]                      0:1  200:8  500:1  \nError Set:\n500\n",
        told: (10, Some(2), Some(5.0), Some(60_500.0)),
    },
    Sample {
        format: "vegeta-json",
        text: r#"{"latencies":{"min":1000000,"50th":2000000,"95th":9500000,"99th":9900000,"max":9900000},"requests":10,"rate":5,"throughput":4,"success":0.8,"status_codes":{"0":1,"200":8,"500":1},"errors":["x"]}"#,
        told: (10, Some(2), Some(5.0), Some(9.5)),
    },
    Sample {
        format: "vegeta-points",
        text: "{\"attack\":\"\",\"seq\":0,\"code\":200,\"timestamp\":\"2026-01-01T00:00:00Z\",\"latency\":100000000,\"error\":\"\"}\n{\"attack\":\"\",\"seq\":1,\"code\":0,\"timestamp\":\"2026-01-01T00:00:00.8Z\",\"latency\":200000000,\"error\":\"refused\"}\n",
        told: (2, Some(1), Some(2.0), Some(195.0)),
    },
    Sample {
        format: "oha-json",
        text: r#"{"summary":{"successRate":1,"total":2.0,"slowest":0.2,"fastest":0.001,"requestsPerSec":5},"latencyPercentiles":{"p50":0.002,"p95":0.0095,"p99":null},"statusCodeDistribution":{"200":8,"500":1},"errorDistribution":{"refused":1}}"#,
        told: (10, Some(2), Some(5.0), Some(9.5)),
    },
    Sample {
        format: "locust-csv",
        text: "Type,Name,Request Count,Failure Count,Median Response Time,Min Response Time,Requests/s,50%,95%,99%,100%\nGET,\"GET \"\"/a\"\", b\",10,2,4,2,5,4,10,11,77\n,Aggregated,10,2,5,2.8,5.0,5,12,N/A,130\n",
        told: (10, Some(2), Some(5.0), Some(12.0)),
    },
    Sample {
        format: "locust-json",
        text: r#"[{"name":"a","start_time":10.0,"last_request_timestamp":12.0,"num_requests":8,"num_failures":2,"response_times":{"4":7,"9":1}},{"name":"b","start_time":10.5,"last_request_timestamp":11.0,"num_requests":2,"num_failures":0,"response_times":{"120.0":2}}]"#,
        told: (10, Some(2), Some(5.0), Some(120.0)),
    },
    Sample {
        format: "jmeter-csv",
        text: "timeStamp,elapsed,label,responseCode,responseMessage,success\n1000,100,\"a, \"\"b\"\"\nc\",200,OK,true\n1000,900,tx,,\"Number of samples in transaction : 2, number of failing samples : 1\",false\n1800,200,b,500,Oops,false\n",
        told: (2, Some(1), Some(2.0), Some(195.0)),
    },
    Sample {
        format: "jmeter-xml",
        text: "<?xml version=\"1.0\"?>\n<testResults version=\"1.2\"><httpSample t=\"100\" ts=\"1000\" s=\"true\" lb=\"a\" rm=\"OK\"><httpSample t=\"50\" ts=\"1000\" s=\"true\"/></httpSample><sample t=\"200\" ts=\"1800\" s=\"false\" rm=\"x\"/></testResults>",
        told: (2, Some(1), Some(2.0), Some(195.0)),
    },
    Sample {
        format: "jmeter-statistics",
        text: r#"{"Total":{"transaction":"Total","sampleCount":10,"errorCount":2,"medianResTime":3.0,"pct1ResTime":8.0,"pct2ResTime":9.5,"pct3ResTime":9.9,"throughput":5.0}}"#,
        told: (10, Some(2), Some(5.0), Some(9.5)),
    },
    Sample {
        format: "gatling-log",
        text: "RUN\tsim.Basic\tbasic\t1000\t \t3.9.5\nUSER\tscn\tSTART\t1000\nREQUEST\t\thome\t1000\t1100\tOK\t \nREQUEST\tgroup\tother\t1800\t2000\tKO\tstatus 500\nUSER\tscn\tEND\t2000\n",
        told: (2, Some(1), Some(2.0), Some(195.0)),
    },
    Sample {
        format: "gatling-json",
        text: r#"{"name":"All Requests","numberOfRequests":{"total":10,"ok":8,"ko":2},"percentiles1":{"total":3},"percentiles3":{"total":9.5},"percentiles4":{"total":9.9},"meanNumberOfRequestsPerSecond":{"total":5}}"#,
        told: (10, Some(2), Some(5.0), Some(9.5)),
    },
    Sample {
        format: "siege",
        text: r#"{ "transactions": 8, "availability": 80.00, "elapsed_time": 2.00, "transaction_rate": 5.00, "successful_transactions": 8, "failed_transactions": 2, "longest_transaction": 0.02, "shortest_transaction": 0.00 }"#,
        told: (10, Some(2), Some(5.0), None),
    },
    Sample {
        format: "artillery",
        text: r#"{"aggregate":{"counters":{"http.requests":10,"http.responses":9,"http.codes.200":8,"http.codes.500":1,"errors.ETIMEDOUT":1},"firstCounterAt":1000,"lastCounterAt":3000,"summaries":{"http.response_time":{"min":1,"median":3,"p95":9.5,"p99":9.9,"max":10}}},"intermediate":[]}"#,
        told: (10, Some(2), Some(5.0), Some(9.5)),
    },
];

fn read(bytes: &[u8]) -> Result<(String, Told), Failure> {
    stream::read_bytes("report", bytes, tell).map(|(source, told)| (source.format, told))
}

fn run(told: Told) -> Option<Run> {
    match told {
        Told::Run(run) => Some(*run),
        Told::Companion(_) | Told::Empty(_) => None,
    }
}

fn near(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 0.005 * other,
        (one, other) => one.is_none() && other.is_none(),
    }
}

#[test]
fn each_format_is_known_by_its_content() {
    for sample in SAMPLES {
        let (format, told) = read(sample.text.as_bytes()).unwrap_or_else(|why| panic!("{}: {why:?}", sample.format));
        let run = run(told).unwrap_or_else(|| panic!("{} tells nothing", sample.format));
        let (requests, failed, rps, p95) = sample.told;
        assert_eq!((sample.format, Some(requests), failed), (format.as_str(), run.requests, run.failed));
        assert!(near(run.rps, rps), "{}: {:?} requests/s", sample.format, run.rps);
        assert!(near(run.percentile(95.0), p95), "{}: p95 {:?}", sample.format, run.percentile(95.0));
    }
}

#[test]
fn what_is_cut_is_refused_or_fewer_points() {
    for sample in SAMPLES {
        let points = matches!(sample.format, "k6-points" | "vegeta-points" | "jmeter-csv" | "hey-csv" | "gatling-log");
        // What comes last in these is not read.
        let tail = if sample.format == "vegeta-text" { "\n500\n".len() } else { 0 };
        for end in 0..sample.text.trim_end().len() - tail {
            let Ok((_, told)) = read(&sample.text.as_bytes()[..end]) else { continue };
            let Some(run) = run(told) else { continue };
            let (requests, failed, _, p95) = sample.told;
            let same = run.requests == Some(requests) && run.failed == failed && near(run.percentile(95.0), p95);
            let fewer = points && (run.requests < Some(requests) || run.failed.is_none());
            assert!(same || fewer, "{} cut at {end}: {run:?}", sample.format);
        }
    }
}

#[test]
fn several_runs_in_one_text_are_refused() {
    for sample in SAMPLES {
        if matches!(sample.format, "wrk" | "hey" | "ab" | "vegeta-text" | "locust-csv") {
            assert!(read(format!("{0}\n{0}", sample.text).as_bytes()).is_err(), "{}", sample.format);
        }
    }
}

#[test]
fn damaged_reports_are_an_answer() {
    for sample in SAMPLES {
        for at in 0..sample.text.len() {
            for byte in [0, b'<', b'"', b'9', b'-', b'}', b',', b'\t', 0xff] {
                let mut bytes = sample.text.as_bytes().to_vec();
                bytes[at] = byte;
                let Ok((_, told)) = read(&bytes) else { continue };
                let Some(run) = run(told) else { continue };
                let sane = run.error_rate.is_none_or(|rate| (0.0..=1.0).contains(&rate))
                    && run.percentiles.iter().all(|one| one.ms.is_finite() && one.ms >= 0.0);
                assert!(sane, "{} with {byte} at {at}: {run:?}", sample.format);
            }
        }
    }
}

#[test]
fn an_old_k6_export_says_true_of_what_was_crossed() {
    let text = r#"{"metrics":{"http_reqs":{"count":2,"rate":1},"http_req_duration":{"p(95)":9,"thresholds":{"p(95)<8":true,"p(95)<10":false}}}}"#;
    let (_, told) = read(text.as_bytes()).expect("a report");
    let run = run(told).expect("results");
    let threshold =
        |expr: &str, ok| PerformanceThreshold { name: "http_req_duration".to_owned(), expr: expr.to_owned(), ok };
    assert_eq!(vec![threshold("p(95)<10", true), threshold("p(95)<8", false)], run.thresholds);
    assert_eq!(None, run.error_rate, "failures are not told");
}

#[test]
fn points_decide_thresholds_and_leave_those_of_submetrics_open() {
    let definition = r#"{"type":"Metric","data":{"name":"http_req_duration","type":"trend","thresholds":["p(95)<150","max<=200"],"submetrics":[{"name":"http_req_duration{name:a}"},{"name":"http_req_duration{expected_response:true}"}]},"metric":"http_req_duration"}"#;
    let point = |value: u32| {
        format!(
            r#"{{"metric":"http_req_duration","type":"Point","data":{{"time":"2026-01-01T00:00:01Z","value":{value}}}}}"#
        )
    };
    let text = format!("{definition}\n{}\n{}\n", point(100), point(200));
    let (_, told) = read(text.as_bytes()).expect("a report");
    let run = run(told).expect("results");
    let held: Vec<(&str, bool)> = run.thresholds.iter().map(|one| (one.expr.as_str(), one.ok)).collect();
    assert_eq!(vec![("max<=200", true), ("p(95)<150", false)], held);
    assert_eq!(vec!["http_req_duration{name:a}"], run.undecided);
}

fn collected(files: &[(&str, &str)]) -> Area<Performance> {
    let repo = Repo::in_memory(files);
    collect(&repo, vec!["reports/**/*".to_owned()], Span::days(30), &[])
}

#[test]
fn of_several_reports_the_worst_stands() {
    let text = |p95: u32, rate: u32| {
        format!(r#"{{"metrics":{{"http_reqs":{{"count":10,"rate":{rate}}},"http_req_duration":{{"p(95)":{p95}}}}}}}"#)
    };
    let area = collected(&[("reports/a.json", &text(9, 5)), ("reports/b.json", &text(7, 3))]);
    let performance = area.proven().expect("proof");
    assert_eq!((Some(9.0), Some(3.0), Some(20)), (performance.p95_ms, performance.rps, performance.requests));
    let mixed = collected(&[("reports/a.json", &text(9, 5)), ("reports/b.txt", "no report")]);
    assert_eq!(State::Unreadable, mixed.evidence.state);
}

#[test]
fn a_run_that_locust_tells_twice_counts_once() {
    let csv = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/locust/stats.csv"));
    let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/locust/stats.json"));
    let requests = |files: &[(&str, &str)]| collected(files).proven().expect("proof").requests;
    assert_eq!(Some(7_692), requests(&[("reports/a_stats.csv", csv), ("reports/a.json", json)]), "the JSON is later");
    assert_eq!(Some(7_692), requests(&[("reports/a.json", csv), ("reports/a_stats.csv", json)]), "by any name");
    let both = Some(7_374 + 7_692);
    assert_eq!(both, requests(&[("reports/a_stats.csv", csv), ("reports/b/b.json", json)]), "another folder");
    let other = json.replace("/slow", "/other");
    assert_eq!(both, requests(&[("reports/a_stats.csv", csv), ("reports/a.json", &other)]), "other requests");
    let slower = json.replace("0.2891610001825029", "0.4");
    assert_eq!(both, requests(&[("reports/a_stats.csv", csv), ("reports/a.json", &slower)]), "another run");
    let twice = [("reports/a_stats.csv", csv), ("reports/a.json", json), ("reports/b_stats.csv", csv)];
    assert_eq!(both, requests(&twice), "one JSON tells one run");
}

#[test]
fn a_csv_that_locust_wrote_before_the_first_request_is_told_by_the_json() {
    let csv = "Type,Name,Request Count,Failure Count,Requests/s,50%,100%\n,Aggregated,0,0,0.0,N/A,N/A\n";
    let json = |last: &str| {
        format!(
            r#"[{{"name":"a","start_time":10.0,"last_request_timestamp":{last},"num_requests":8,"num_failures":0,"response_times":{{"4":8}}}}]"#
        )
    };
    let with = |csv_at: &str, last: &str| collected(&[(csv_at, csv), ("reports/a.json", &json(last))]);
    let short = with("reports/a_stats.csv", "11.0");
    assert_eq!((State::Found, Some(8)), (short.evidence.state, short.proven().expect("proof").requests));
    assert_eq!(State::Empty, with("reports/a_stats.csv", "20.0").evidence.state, "no second is so long");
    assert_eq!(State::Empty, with("reports/b/a_stats.csv", "11.0").evidence.state, "another folder");
    assert_eq!(State::Empty, collected(&[("reports/a_stats.csv", csv)]).evidence.state);
}

#[test]
fn what_got_no_answer_failed() {
    let told = |text: &str| run(read(text.as_bytes()).expect("a report").1).expect("results");
    // autocannon opens a connection again that the server closed, and counts what was sent on it nowhere.
    let autocannon = |sent: u32, errors: u32| {
        let text = format!(
            r#"{{"connections":4,"pipelining":2,"latency":{{"p50":1}},"requests":{{"total":100,"average":10,"sent":{sent}}},"errors":{errors},"timeouts":0,"non2xx":1}}"#
        );
        told(&text).failed
    };
    assert_eq!(
        vec![Some(1), Some(1), Some(13), Some(21)],
        [(100, 0), (108, 0), (120, 0), (120, 20)].map(|(sent, errors)| autocannon(sent, errors))
    );
    // hey's rows hold answers alone: how many requests got none is not known, and does not matter where all failed.
    let rows = |status: u16| {
        told(&format!(
            "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n0.1,0,0,0,0,0,{status},0.0\n"
        ))
    };
    assert_eq!((None, None), (rows(200).failed, rows(200).error_rate));
    assert_eq!((None, Some(1.0)), (rows(500).failed, rows(500).error_rate));
}

#[test]
fn a_script_beside_the_results_is_passed_over_and_alone_no_proof() {
    let script =
        ("reports/load.js", "import http from 'k6/http';\nexport default function () { http.get('http://x'); }\n");
    let summary = r#"{"metrics":{"http_reqs":{"count":10,"rate":5},"http_req_duration":{"p(95)":9}}}"#;
    assert_eq!(State::Unsupported, collected(&[script]).evidence.state);
    let both = collected(&[script, ("reports/summary.json", summary)]);
    assert_eq!(Some(9.0), both.proven().expect("proof").p95_ms);
}

#[test]
fn what_says_nothing_is_no_proof() {
    for (text, state) in [
        ("", State::Unreadable),
        ("<html><body>502</body></html>", State::Unreadable),
        ("{}", State::Unreadable),
        ("[]", State::Empty),
        (r#"{"metrics":{"iterations":{"count":0},"http_req_duration":{"p(95)":0}}}"#, State::Empty),
        ("Timestamp,User Count,Type,Name\n", State::Unsupported),
        ("timeStamp,elapsed,label,success\n", State::Empty),
    ] {
        let area = collected(&[("reports/x", text)]);
        assert_eq!(state, area.evidence.state, "{text}: {:?}", area.evidence.problems);
        assert!(area.proven().is_err());
    }
}

proptest! {
    #[test]
    fn points_come_to_the_same_in_every_format(points in prop::collection::vec((1_u32..60_000, any::<bool>()), 1..60)) {
        let each = |write: &dyn Fn(u32, bool) -> String| -> String { points.iter().map(|(ms, ok)| write(*ms, *ok)).collect() };
        let k6 = each(&|ms, ok| format!(
            "{{\"metric\":\"http_req_duration\",\"type\":\"Point\",\"data\":{{\"time\":\"2026-01-01T00:00:00Z\",\"value\":{ms}}}}}\n{{\"metric\":\"http_req_failed\",\"type\":\"Point\",\"data\":{{\"value\":{}}}}}\n",
            u8::from(!ok)
        ));
        let jtl = each(&|ms, ok| format!("1000,{ms},\"a,\"\"b\"\"\",{ok}\n"));
        let gatling = each(&|ms, ok| format!("REQUEST\t\ta\t1000\t{}\t{}\t \n", 1_000 + ms, if ok { "OK" } else { "KO" }));
        let vegeta = each(&|ms, ok| format!(
            "{{\"code\":{},\"timestamp\":\"2026-01-01T00:00:00Z\",\"latency\":{ms}000000}}\n", if ok { 200 } else { 500 }
        ));
        let mut sorted: Vec<u32> = points.iter().map(|(ms, _)| *ms).collect();
        sorted.sort_unstable();
        let at = (sorted.len() * 95).div_ceil(100);
        let (below, above) = (sorted[at.saturating_sub(2)], sorted[at.min(sorted.len() - 1)]);
        let failed = points.iter().filter(|(_, ok)| !ok).count() as u64;
        for text in [k6, format!("timeStamp,elapsed,label,success\n{jtl}"), format!("RUN\ta\n{gatling}"), vegeta] {
            let (format, told) = read(text.as_bytes()).unwrap_or_else(|why| panic!("{why:?} in {text}"));
            let run = run(told).expect("results");
            prop_assert_eq!((Some(points.len() as u64), Some(failed)), (run.requests, run.failed), "{}", format);
            let p95 = run.percentile(95.0).expect("points are known");
            prop_assert!(f64::from(below) <= p95 && p95 <= f64::from(above), "{}: {} of {:?}", format, p95, sorted);
        }
    }
}

#[test]
fn numbers_are_those_that_the_tools_print() {
    let told = |text: &str| run(read(text.as_bytes()).expect("a report").1).expect("results");
    let autocannon = told(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/autocannon/run.json")));
    assert_eq!((Some(1_253), Some(62), None), (autocannon.requests, autocannon.failed, autocannon.percentile(95.0)));
    assert_eq!((Some(18.0), Some(44.0)), autocannon.bounds(95.0));
    let csv = told(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/locust/stats.csv")));
    assert_eq!((Some(7_374), Some(6.0), Some(52.0)), (csv.requests, csv.percentile(95.0), csv.percentile(99.0)));
    // Locust writes the JSON a moment after the last row of the CSV.
    let json = told(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/locust/stats.json")));
    assert_eq!((Some(7_692), Some(6.0), Some(1.0)), (json.requests, json.percentile(95.0), json.error_rate));
    // ab printed: 400 complete, 80 non-2xx, 95 % within 6 ms; wrk: 116864 requests, 23373 non-2xx, 50 % within 76 us; hey: 80 of
    // 400 with status 500, 95 % in 0.0004 s; siege: 160 transactions, 40 failed.
    let ab = told(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/ab/ab.txt")));
    assert_eq!((Some(400), Some(80), Some(6.0)), (ab.requests, ab.failed, ab.percentile(95.0)));
    let wrk = told(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/wrk/wrk.txt")));
    assert_eq!((Some(116_864), Some(23_373), Some(0.076)), (wrk.requests, wrk.failed, wrk.percentile(50.0)));
    let hey = told(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/hey/hey.txt")));
    assert_eq!((Some(400), Some(80), Some(0.4)), (hey.requests, hey.failed, hey.percentile(95.0)));
    let siege = told(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/siege/siege.json")));
    assert_eq!((Some(200), Some(40), Some(0.2)), (siege.requests, siege.failed, siege.error_rate));
    // k6 printed: 450 requests, 6.22 % failed (28), p(95) 2.78 ms, p(99) 60.28 ms, and one of five thresholds crossed.
    let k6 = told(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/k6/summary-export.json")));
    assert_eq!((Some(450), Some(28)), (k6.requests, k6.failed));
    assert!(near(k6.percentile(95.0), Some(2.79)) && near(k6.percentile(99.0), Some(60.28)), "{:?}", k6.percentiles);
    let handled = told(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/k6/handle-summary.json")));
    assert_eq!((Some(450), Some(31)), (handled.requests, handled.failed));
    for run in [k6, handled] {
        let crossed: Vec<&str> = run.thresholds.iter().filter(|one| !one.ok).map(|one| one.name.as_str()).collect();
        assert_eq!((5, vec!["http_req_duration{name:slow}"]), (run.thresholds.len(), crossed));
    }
    // Artillery printed: 180 requests, 171 responses, 12 with status 500, 9 errors; p95 8.9 ms, p99 61 ms.
    let artillery = told(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/artillery/run.json")));
    assert_eq!((Some(180), Some(21), Some(8.9)), (artillery.requests, artillery.failed, artillery.percentile(95.0)));
    // Every seventh connection was closed without an answer, and autocannon printed no error.
    let dropped = told(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/autocannon/dropped.json")));
    assert!(dropped.error_rate.is_some_and(|rate| (rate * 7.0 - 1.0).abs() < 0.001), "{:?}", dropped.error_rate);
    // A run of half a second: the CSV was written before the first request.
    let csv = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/locust/short_stats.csv"));
    let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/locust/short.json"));
    let area = collected(&[("reports/short_stats.csv", csv), ("reports/short.json", json)]);
    assert_eq!((State::Found, Some(78)), (area.evidence.state, area.facts.and_then(|all| all.requests)));
}

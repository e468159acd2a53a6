//! Values that can be told from all else are put in wherever a person's may be, everything is used, and what was answered,
//! logged and recorded is searched for them.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use apollo_compiler::Schema;
use kemitraan::access::Role;
use kemitraan::cli::log_filter;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use super::{sole, standing};
use crate::commands::{Folder, Server, kemitraan, ok};
use crate::coverage::who;
use crate::partners::with;
use crate::support::{Backend, TestApp};
use crate::walls::dump;
use crate::writes::assert_verified;

mod everywhere;

crate::both!(a_personal_value_is_nowhere_but_where_it_is_given_out, what_is_served_logs_no_personal_value);

const VALUES: [(&str, &str); 4] = [
    ("PERSON", "Rahasiawati Tandaputri"),
    ("PHONE", "+6281934512367"),
    ("EMAIL", "rahasiawati@tandaputri.example"),
    ("NPWP", "3174998877665544"),
];

/// What is in them and in no mask of them.
const MARKS: [&str; 6] = ["ahasiawati", "andaputri", "8193451", "99887766", "819 3451", "9988 7766"];

fn has_mark(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
}

/// All that is logged by this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// At the level that logs most, with each span.
fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        tracing_subscriber::fmt()
            .with_env_filter(log_filter("trace").unwrap())
            .with_span_events(FmtSpan::FULL)
            .with_writer(log.clone())
            .init();
        log
    })
}

/// Every answer, as whom and to what.
struct Answers<'a> {
    app: &'a TestApp,
    all: Vec<(String, String)>,
}

impl Answers<'_> {
    async fn post(&mut self, who: &str, document: &str, variables: Value) -> Value {
        let answer = self.app.post(who, document, variables.clone()).await;
        self.all.push((format!("{who}: {document} {variables}"), answer.text.clone()));
        answer.json()
    }

    async fn send(&mut self, who: &str, name: &str, fields: &str, input: Value) -> Value {
        let ty = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let document = format!("mutation($input: {ty}!) {{ {name}(input: $input) {fields} }}");
        self.post(who, &document, json!({ "input": input })).await
    }
}

const CONTACT: &str =
    "{ contact { id kind mask erased version history { nodes { action fields { field old new } } } }
    journalEntry { sequence reason changes { noun image } } }";

/// Sets every kind: tried, done, done again, late, under a key that is another request's.
async fn set_all(answers: &mut Answers<'_>, steward: &str, partner: &str) {
    for (kind, value) in VALUES {
        let version = standing(answers.app, partner, kind).await.map(|one| one["version"].clone());
        let input = json!({ "partner": partner, "kind": kind, "value": value, "expectedVersion": version });
        let tried = with(input.clone(), &json!({ "dryRun": true }));
        let tried = answers.send(steward, "contactSet", CONTACT, tried).await;
        assert_eq!(tried.get("errors"), None, "{tried:#}");
        let keyed = with(input, &json!({ "idempotencyKey": kind }));
        let made = answers.send(steward, "contactSet", CONTACT, keyed.clone()).await;
        let again = answers.send(steward, "contactSet", CONTACT, keyed.clone()).await;
        assert_eq!(
            again["data"]["contactSet"]["journalEntry"]["sequence"],
            made["data"]["contactSet"]["journalEntry"]["sequence"]
        );
        let other = with(keyed, &json!({ "value": value.replace('7', "8") }));
        answers.send(steward, "contactSet", CONTACT, other.clone()).await;
        let late = with(other, &json!({ "idempotencyKey": format!("{kind}-late"), "expectedVersion": 7 }));
        let late = answers.send(steward, "contactSet", CONTACT, late).await;
        assert_eq!(late["errors"][0]["extensions"]["code"], "CONFLICT", "{late:#}");
    }
}

/// What is wrong with a request is told without repeating it.
async fn fail_all(answers: &mut Answers<'_>, steward: &str, bumn: &str, partner: &str) {
    let of = |kind: &str, value: Value| json!({ "partner": partner, "kind": kind, "value": value });
    for (kind, value) in VALUES {
        for wrong in [
            json!(format!("{value}\n")),
            json!(format!("{value}\u{0}")),
            json!(format!(" {value} {}", "x".repeat(200))),
            json!([value]),
            json!({ "value": value }),
            json!(3_174_998_877_665_544_i64),
        ] {
            let refused = answers.send(steward, "contactSet", CONTACT, of(kind, wrong)).await;
            assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{refused:#}");
        }
        answers.send(steward, "contactSet", CONTACT, of("SURAT", json!(value))).await;
        answers
            .send(steward, "contactSet", CONTACT, with(of(kind, json!(value)), &json!({ "note": value })))
            .await;
        answers.send(steward, "contactSet", CONTACT, json!({ "kind": kind, "value": value })).await;
        for who in [bumn, "KEMENBUMN", &format!("{steward}:VIEWER"), "AUDITOR"] {
            let refused = answers.send(who, "contactSet", CONTACT, of(kind, json!(value))).await;
            assert!(refused["errors"].is_array(), "{refused:#}");
        }
        // In the document itself.
        let literal = |value: &str| {
            format!(
                "mutation {{ contactSet(input: {{ partner: \"{partner}\", kind: {kind}, value: {value} }}) {CONTACT} }}"
            )
        };
        for value in [
            "3174998877665544".to_owned(),
            format!("[\"{value}\"]"),
            format!("{{ value: \"{value}\" }}"),
            format!("\"{value}"),
            format!("\"{value}\\q\""),
            format!("\"\"\"{value}\\u0000\"\"\", value: \"{value}\""),
            format!("\"{value}\" }}"),
        ] {
            let refused = answers.post(steward, &literal(&value), json!({})).await;
            assert!(refused["errors"].is_array(), "{refused:#}");
        }
        let typed = format!(
            "mutation($value: Int) {{ contactSet(input: {{ partner: \"{partner}\", kind: {kind}, value: $value }}) {CONTACT} }}"
        );
        answers.post(steward, &typed, json!({ "value": value })).await;
        let version = format!(
            "mutation($version: Int) {{ contactErase(input: {{ id: \"{partner}\", expectedVersion: $version, reason: \"x\" }}) {CONTACT} }}"
        );
        let given = if kind == "PERSON" { json!([value]) } else { json!(value) };
        answers.post(steward, &version, json!({ "version": given })).await;
    }
    // Where a person's number does not belong.
    let data = answers.app.data(steward, &format!("{{ partner(id: \"{partner}\") {{ version }} }}")).await;
    let target = json!({ "id": partner, "expectedVersion": data["partner"]["version"] });
    let register = json!({ "name": "Contoh", "legalForm": "PERSEORANGAN", "scale": "MICRO", "scaleSince": "2026-01-01" });
    for number in ["3174998877665544", "3174.9988.7766.5544", "31749988776655", "3174-99887766 5544"] {
        for field in ["npwp", "nikKoperasi", "nib"] {
            let more = json!({ field: number });
            let fields = "{ partner { id npwp nikKoperasi nib } }";
            let mut all = vec![
                answers.send(steward, "partnerRegister", fields, with(register.clone(), &more)).await,
                answers.send(steward, "partnerUpdate", fields, with(target.clone(), &more)).await,
            ];
            let proposal = with(json!({ "id": partner, "reason": "Contoh" }), &more);
            all.push(answers.send(bumn, "partnerProposeCorrection", fields, proposal).await);
            for refused in all {
                assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{refused:#}");
            }
        }
    }
    let long = format!("{} {}", VALUES[1].1, VALUES[2].1).repeat(200);
    let input = json!({ "id": partner, "reason": long });
    answers
        .send(bumn, "partnerProposeCorrection", "{ version }", with(input, &json!({ "regency": "32.04" })))
        .await;
}

/// All fields of an object that need no argument, so deep: a connection's objects lie as deep as the connection.
fn whole_of(schema: &Schema, name: &str, depth: usize, path: &mut Vec<String>) -> String {
    let Some(object) = schema.get_object(name) else { return "{ __typename }".to_owned() };
    path.push(name.to_owned());
    let mut fields = vec!["__typename".to_owned()];
    for (field, definition) in &object.fields {
        if field == "edges" || definition.arguments.iter().any(|argument| argument.is_required()) {
            continue;
        }
        let inner = definition.ty.inner_named_type().as_str();
        let ty = &schema.types[inner];
        let is_list = inner.ends_with("Connection") || name.ends_with("Connection");
        match depth.checked_sub(usize::from(!is_list)) {
            _ if ty.is_scalar() || ty.is_enum() => fields.push(field.to_string()),
            Some(depth) if path.iter().all(|before| before != inner) => {
                fields.push(format!("{field} {}", whole_of(schema, inner, depth, path)));
            }
            _ => {}
        }
    }
    path.pop();
    format!("{{ {} }}", fields.join(" "))
}

/// Everything that a role can ask of, and of the partner more closely.
async fn read_all(answers: &mut Answers<'_>, role: Role, name: &str, partner: &str, contacts: &[String]) {
    let gates = std::sync::Arc::clone(&answers.app.app.gates);
    let schema = gates.of(role).schema();
    let mut asked = Vec::new();
    for (field, definition) in &schema.get_object("Query").unwrap().fields {
        let ty = definition.ty.inner_named_type().as_str();
        let deep = |depth| whole_of(schema, ty, depth, &mut vec!["Query".to_owned()]);
        match field.as_str() {
            "partner" => asked.push(format!("{{ partner(id: \"{partner}\") {} }}", deep(1))),
            "node" => {
                let contact = whole_of(schema, "Contact", 2, &mut Vec::new());
                let of = |id: &String| format!("{{ node(id: \"{id}\") {{ id ... on Contact {contact} }} }}");
                asked.extend(contacts.iter().map(of));
            }
            "changes" => asked.push(format!("{{ changes(last: 100) {} }}", deep(1))),
            "journal" => asked.push(format!("{{ journal(direction: DESC, first: 100) {} }}", deep(1))),
            _ if definition.arguments.iter().any(|argument| argument.is_required()) => {}
            _ => asked.push(format!("{{ {field} {} }}", deep(0))),
        }
    }
    for text in ["Rahasiawati", "81934512367", "rahasiawati@tandaputri.example", "3174998877665544"] {
        if schema.get_object("Query").unwrap().fields.contains_key("partners") {
            asked.push(format!(
                "{{ partners(filter: {{ text: \"{text}\" }}) {{ totalCount nodes {{ id }} }} }}"
            ));
            asked.push(format!(
                "{{ partners(filter: {{ nib: \"{text}\" }}) {{ totalCount nodes {{ id }} }} }}"
            ));
        }
    }
    assert!(!asked.is_empty());
    asked.push("{ __schema { types { name description fields { name description } } } }".to_owned());
    for document in asked {
        let answer = answers.post(name, &document, json!({})).await;
        assert_eq!(answer.get("errors"), None, "{name}: {document}: {answer:#}");
        if document.contains("filter") {
            assert_eq!(answer["data"]["partners"]["totalCount"], 0, "{name}: {document}");
        }
    }
}

async fn a_personal_value_is_nowhere_but_where_it_is_given_out(backend: Backend) {
    let log = log();
    let app = TestApp::with(backend, true, |limits| {
        (limits.limit_cost, limits.limit_tokens, limits.limit_time) = (u64::MAX, 100_000, 120);
        (limits.limit_depth, limits.budgets.budget_points) = (32, 0);
    })
    .await;
    let (partner, steward, bumn) = sole(&app).await;
    let mut answers = Answers { app: &app, all: Vec::new() };
    set_all(&mut answers, &steward, &partner).await;
    fail_all(&mut answers, &steward, &bumn, &partner).await;

    // Given out, each is in the one answer, which is not searched.
    let mut contacts = Vec::new();
    for (kind, value) in VALUES {
        let id = standing(&app, &partner, kind).await.unwrap()["id"].clone();
        contacts.push(id.as_str().unwrap().to_owned());
        for name in ["contactReveal", "subjectExport"] {
            let fields = if name == "contactReveal" { "{ value }" } else { "{ contacts { value } }" };
            let input = json!({ "id": id, "reason": "Contoh", "idempotencyKey": format!("{name}-{kind}") });
            let given = answers.send(&steward, name, fields, input.clone()).await;
            assert!(given.to_string().contains(value), "{given:#}");
            answers.all.pop();
            let again = answers.send(&steward, name, fields, input.clone()).await;
            assert_eq!(again.get("errors"), None, "{again:#}");
            let tried = with(input, &json!({ "dryRun": true }));
            answers.send(&steward, name, fields, tried.clone()).await;
            answers.send("AUDITOR", name, fields, tried).await;
        }
    }
    for role in Role::ALL {
        let name = if role == Role::Bumn { bumn.as_str() } else { who(role) };
        read_all(&mut answers, role, name, &partner, &contacts).await;
    }
    read_all(&mut answers, Role::Auditor, &format!("AUDITOR+{bumn}"), &partner, &contacts).await;

    for (role, name) in [
        (steward.parse().unwrap(), format!("{steward}:APPROVER")),
        (Role::Bumn, bumn.clone()),
        (Role::Admin, "ADMIN".to_owned()),
    ] {
        everywhere::put(&mut answers, role, &name).await;
    }

    // They are kept in one table, and nowhere else.
    let all = dump(&app).await;
    assert!(VALUES.iter().all(|(_, value)| all["contact_value"].join("\n").contains(value)));
    for (table, lines) in all.iter().filter(|(table, _)| *table != "contact_value") {
        for line in lines {
            assert!(!has_mark(line), "{table}: {line}");
        }
    }
    for id in &contacts {
        let input = json!({ "id": id, "expectedVersion": 1, "reason": "Contoh" });
        let erased = answers.send(&steward, "contactErase", CONTACT, input).await;
        assert_eq!(erased.get("errors"), None, "{erased:#}");
    }
    for (table, lines) in dump(&app).await {
        assert!(!has_mark(&lines.join("\n")), "{table}");
    }
    assert!(answers.all.len() > 700, "{}", answers.all.len());
    for (asked, answer) in &answers.all {
        assert!(!has_mark(answer), "{asked}: {answer}");
    }
    tracing::trace!("to the last");
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(logged.contains("graphql") && logged.contains("to the last"), "{logged}");
    for line in logged.lines() {
        assert!(!has_mark(line), "{line}");
    }
    assert_verified(&app.app.access, &app.folder).await;
}

/// As a process, with all that its libraries log of what comes in and goes out.
async fn what_is_served_logs_no_personal_value(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (partner, steward, _) = sole(&app).await;
    let folder = Folder::new();
    let keys = folder.join("keys");
    let seat = steward.as_str();
    let token = ok(&[
        "token",
        "issue",
        "--keys",
        &keys,
        "--role",
        seat,
        "--organisation",
        seat,
        "--level",
        "OFFICER",
        "--subject",
        "p-0001",
    ]);
    let token = token.trim();
    let server = Server::serve(&app.url, &keys, &["--log", "trace"]);
    for (kind, value) in VALUES {
        let version = standing(&app, &partner, kind).await.map_or(json!(null), |one| one["version"].clone());
        for value in [value, &format!("{value}\\n")] {
            server.ask(
                token,
                &format!("mutation {{ contactSet(input: {{ partner: \"{partner}\", kind: {kind}, value: \"{value}\",
                    expectedVersion: {version} }}) {{ contact {{ id }} }} }}"),
            );
        }
        let id = standing(&app, &partner, kind).await.unwrap()["id"].clone();
        let document =
            format!("mutation {{ contactReveal(input: {{ id: {id}, reason: \"Contoh\" }}) {{ value }} }}");
        assert_eq!(server.ask(token, &document).1["data"]["contactReveal"]["value"], value);
    }
    let logged = server.end_logged("-TERM");
    assert!(logged.iter().any(|line| line.contains("\"graphql\"")), "{logged:#?}");
    for line in &logged {
        assert!(!has_mark(line), "{line}");
    }
    // Nor can they be let in one by one.
    for filter in ["sea_orm=trace", "info,sqlx::query=debug", "[execute]=trace"] {
        let output = kemitraan(&["--log", filter, "schema"]).output().unwrap();
        assert!(!output.status.success(), "{filter}");
    }
}

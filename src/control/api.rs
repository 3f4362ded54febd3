//! The HTTP API: what each route does.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::Stream;
use futures_util::stream::unfold;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use crate::control::command::Command;
use crate::control::guard::{Guard, Verdict};
use crate::control::metrics;
use crate::daemon::{Answer, Desk, Reason, Refused};
use crate::timeline::Timeline;

/// A command is no longer, in bytes.
const LONGEST: usize = 16 * 1024;

#[derive(Debug, Clone)]
struct Control {
    desk: Desk,
    guard: Arc<Mutex<Guard>>,
}

/// The API of a daemon. Any listener can serve it.
pub fn router(desk: Desk) -> Router {
    let control = Control {
        desk,
        guard: Arc::default(),
    };
    Router::new()
        .route("/v1/commands", post(command))
        .route("/v1/status", get(status))
        .route("/v1/timeline", get(timeline))
        .route("/v1/events", get(events))
        .route("/v1/openapi.json", get(description))
        .route("/metrics", get(counters))
        .layer(DefaultBodyLimit::max(LONGEST))
        .with_state(control)
}

async fn command(
    State(control): State<Control>,
    body: Result<Json<Command>, JsonRejection>,
) -> Response {
    let Json(command) = match body {
        Ok(command) => command,
        Err(rejection) => {
            return respond(Err(Refused::new(Reason::Wrong, no_command(&rejection))));
        }
    };
    let verdict = {
        let epoch = control.desk.status().epoch;
        let mut guard = control.guard.lock().unwrap_or_else(PoisonError::into_inner);
        guard.look(&command, control.desk.now(), epoch)
    };
    match verdict {
        Verdict::Refuse(refused) => respond(Err(refused)),
        Verdict::Repeat(answer) => respond(*answer),
        Verdict::CarryOut => {
            // Carried out to its end though the client goes away, so that a repeat finds its answer.
            let task = tokio::spawn(carry_out(control, command));
            let lost = || Err(Refused::new(Reason::Failed, "the daemon is going down"));
            respond(task.await.unwrap_or_else(|_| lost()))
        }
    }
}

fn no_command(rejection: &JsonRejection) -> String {
    let said = rejection.body_text();
    // What is no order of its own is taken for a change, and then for nothing that has a name.
    if said.contains("untagged enum") {
        return "this is no command: its `do` names no order, or the order lacks what it needs or has it in another form; \
                `GET /v1/openapi.json` lists them all"
            .to_owned();
    }
    // What a library says of itself before that says nothing of the command.
    let said = said
        .rsplit_once("target type: ")
        .map_or(&*said, |(_, what)| what);
    format!("this is no command: {said}; `GET /v1/openapi.json` says what one is made of")
}

async fn carry_out(control: Control, command: Command) -> Result<Answer, Refused> {
    let (order, client) = (command.command.clone(), command.id.client.clone());
    let answer = control.desk.order(order, command.forecast, client).await;
    let mut guard = control.guard.lock().unwrap_or_else(PoisonError::into_inner);
    guard.answered(&command, &answer);
    answer
}

fn respond(answer: Result<Answer, Refused>) -> Response {
    match answer {
        Ok(answer) => Json(answer).into_response(),
        Err(refused) => {
            let status = match refused.reason {
                Reason::Wrong => StatusCode::BAD_REQUEST,
                Reason::Failed => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::CONFLICT,
            };
            (status, Json(refused)).into_response()
        }
    }
}

async fn status(State(control): State<Control>) -> Json<Value> {
    let mut status = json!(*control.desk.status());
    // Now, and not when it was last looked: commands expire by this.
    status["now_ms"] = json!(control.desk.now().as_millis() as u64);
    Json(status)
}

async fn timeline(State(control): State<Control>) -> Response {
    match control.desk.timeline() {
        Some(timeline) => Json(in_seconds(&timeline)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// A timeline in seconds.
fn in_seconds(timeline: &Timeline) -> Value {
    let seconds = |frames| timeline.rate.seconds(frames);
    let phases = timeline.phases.iter().map(|phase| {
        json!({ "name": phase.name, "from": seconds(phase.from), "length": seconds(phase.length), "held": phase.wish.open })
    });
    let clips = timeline.clips.iter().map(|clip| {
        json!({ "title": clip.title, "from": seconds(clip.from), "length": seconds(clip.length) })
    });
    let cues = timeline.cues.iter().map(|cue| {
        json!({ "name": cue.name, "kind": cue.sort.word(), "at": seconds(cue.at), "length": seconds(cue.length) })
    });
    json!({
        "rate": timeline.rate.hertz(),
        "end": timeline.end().map(seconds),
        "phases": phases.collect::<Vec<_>>(),
        "clips": clips.collect::<Vec<_>>(),
        "cues": cues.collect::<Vec<_>>(),
    })
}

async fn events(
    State(control): State<Control>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let happenings = unfold(control.desk.listen(), |mut told| async {
        let event = match told.recv().await {
            Ok(told) => Event::default()
                .id(told.number.to_string())
                .event(told.what.clone())
                .json_data(&*told)
                .unwrap_or_default(),
            // Who reads too slowly looks at the status again.
            Err(RecvError::Lagged(missed)) => {
                Event::default().event("missed").data(missed.to_string())
            }
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(event), told))
    });
    Sse::new(happenings).keep_alive(KeepAlive::default())
}

async fn description() -> impl IntoResponse {
    let text = include_str!("openapi.json");
    ([(header::CONTENT_TYPE, "application/json")], text)
}

async fn counters(State(control): State<Control>) -> impl IntoResponse {
    let text = metrics::text(&control.desk.status());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_names_every_route() {
        let description: Value = serde_json::from_str(include_str!("openapi.json")).unwrap();
        let routes = description["paths"].as_object().unwrap();
        let source = include_str!("api.rs");
        let own = source
            .lines()
            .filter_map(|line| line.trim().strip_prefix(".route(\""));
        let own: Vec<&str> = own.filter_map(|line| line.split('"').next()).collect();
        assert_eq!(own.len(), 6);
        assert_eq!(routes.len(), own.len());
        assert!(
            own.iter().all(|route| routes.contains_key(*route)),
            "{own:?}"
        );
    }
}

//! The report as JSON: stable, documented in `docs/report.md`.

use std::ops::Range;

use serde_json::{Map, Value, json as value};

use super::height::Height;
use super::listening::Sound;
use super::report::Report;
use super::rise::{BOUNDS, Rise};
use crate::level::{Decibels, Gain, Loudness};
use crate::library::Hold;
use crate::time::{Frames, Rate};
use crate::zone::{Layout, Zones};

/// The report as JSON: times in seconds and frames, levels in decibels and LUFS to two decimals, `null` for what is silent or
/// not there. Pure.
#[must_use]
pub fn json(report: &Report) -> Value {
    let timeline = &report.timeline;
    let (rate, layout) = (timeline.rate, &timeline.layout);
    let findings = report.findings();
    value!({
        "undersong_report": 1,
        "title": timeline.title,
        "script": timeline.script,
        "rate": rate.hertz(),
        "length": span(Frames::ZERO..timeline.length, rate),
        "places": findings.iter().map(|it| with(span(it.over.clone(), rate), value!({
            "kind": it.kind.word(),
            "zones": zones(it.zones, layout),
            "words": it.words,
        }))).collect::<Vec<_>>(),
        "crossfades": report.crossings.iter().map(|it| with(span(it.over.clone(), rate), value!({
            "leaves": it.titles[0],
            "comes": it.titles[1],
            "correlation": round(f64::from(f32::from(it.alike)), 1000.0),
            "zones": zones(it.zones, layout),
            "deviation_db": { "mean": db(it.mean), "largest": db(it.largest) },
        }))).collect::<Vec<_>>(),
        "cues": report.heights.iter().map(|it| cue(it, rate, layout)).collect::<Vec<_>>(),
        "zones": report.sounds.iter().map(|it| zone(it, report)).collect::<Vec<_>>(),
    })
}

fn cue(cue: &Height, rate: Rate, layout: &Layout) -> Value {
    with(
        span(cue.over.clone(), rate),
        value!({
            "name": cue.name,
            "kind": cue.sort.word(),
            "zone": layout.listener(cue.zone),
            "loudness_lufs": lufs(cue.loudness),
            "music_lufs": lufs(cue.music),
            "height_lu": db(cue.height),
            "deviation_lu": db(cue.deviation),
        }),
    )
}

fn zone(sound: &Sound, report: &Report) -> Value {
    let rate = report.timeline.rate;
    let heard = &sound.loudness;
    let at = |at: Frames| place(at, rate);
    let loudest = |it: Option<(Loudness, Frames)>| {
        it.map(|(loudness, until)| with(at(until), value!({ "lufs": lufs(Some(loudness)) })))
    };
    value!({
        "zone": report.timeline.layout.listener(sound.zone),
        "integrated_lufs": lufs(heard.integrated),
        "range_lu": db(heard.range),
        "loudest_momentary": loudest(heard.loudest_momentary),
        "loudest_short_term": loudest(heard.loudest_short_term),
        "true_peak": with(at(heard.true_peak.1), value!({ "dbtp": peak(heard.true_peak.0) })),
        "curves": {
            "every": seconds(heard.step, rate),
            "momentary_lufs": curve(&heard.momentary),
            "short_term_lufs": curve(&heard.short_term),
            "integrated_every": seconds(Frames(heard.step.0 * 10), rate),
            "integrated_lufs": heard.integrated_so_far.iter().map(|it| lufs(*it)).collect::<Vec<_>>(),
        },
        "gaps": spans(&sound.gaps, rate),
        "dropouts": spans(&sound.dropouts, rate),
        "steps": sound.steps.iter().map(|it| with(at(it.at), value!({
            "height_dbfs": db(Some(it.height)),
            "above_db": db(Some(it.above)),
        }))).collect::<Vec<_>>(),
        "rises": {
            "largest": heard.largest_rises.iter().flatten().map(|it| rise(it, rate)).collect::<Vec<_>>(),
            "too_quick": heard.startles.iter().map(|it| rise(it, rate)).collect::<Vec<_>>(),
        },
        "falls": heard.falls.iter().map(|it| with(span(it.at..it.end, rate), value!({
            "by_db": db(Some(it.by)),
        }))).collect::<Vec<_>>(),
        "limiter": work(&sound.limiter, report),
        "held_back": work(&sound.held_back, report),
    })
}

fn work(holds: &[Hold], report: &Report) -> Value {
    let deepest = holds.iter().map(|it| it.deepest);
    value!({
        "deepest_db": db(Some(deepest.fold(Decibels::ZERO, Decibels::min))),
        "share": round(report.share(holds), 1e4),
        "stretches": holds.iter().map(|it| with(span(it.over.clone(), report.timeline.rate), value!({
            "deepest_db": db(Some(it.deepest)),
        }))).collect::<Vec<_>>(),
    })
}

fn rise(rise: &Rise, rate: Rate) -> Value {
    let bound = BOUNDS.iter().find(|(within, _)| *within == rise.within);
    with(
        place(rise.at, rate),
        value!({
            "within": rise.within as f64 / 100.0,
            "by_db": db(Some(rise.by)),
            "at_most_db": db(bound.map(|(_, most)| *most)),
        }),
    )
}

/// Both objects as one.
fn with(one: Value, other: Value) -> Value {
    let fields = [one, other].into_iter().filter_map(|it| match it {
        Value::Object(fields) => Some(fields),
        _ => None,
    });
    Value::Object(fields.flatten().collect::<Map<_, _>>())
}

fn place(at: Frames, rate: Rate) -> Value {
    value!({ "at": seconds(at, rate), "frame": at.0 })
}

fn span(over: Range<Frames>, rate: Rate) -> Value {
    let length = over.end - over.start;
    value!({
        "at": seconds(over.start, rate),
        "frame": over.start.0,
        "seconds": seconds(length, rate),
        "frames": length.0,
    })
}

fn spans(spans: &[Range<Frames>], rate: Rate) -> Vec<Value> {
    spans.iter().map(|it| span(it.clone(), rate)).collect()
}

fn zones(zones: Zones, layout: &Layout) -> Value {
    value!(layout.listeners(zones))
}

fn seconds(frames: Frames, rate: Rate) -> Value {
    round(rate.seconds(frames), 1e6)
}

fn curve(values: &[Loudness]) -> Vec<Value> {
    values.iter().map(|it| lufs(Some(*it))).collect()
}

fn lufs(loudness: Option<Loudness>) -> Value {
    // What is below the meter's gate is silent.
    let heard = loudness.filter(|it| *it > Loudness::GATE);
    heard.map_or(Value::Null, |it| round(f64::from(it.0), 100.0))
}

fn db(level: Option<Decibels>) -> Value {
    level.map_or(Value::Null, |it| round(f64::from(it.0), 100.0))
}

fn peak(gain: Gain) -> Value {
    db(Some(gain.decibels()))
}

/// `null` for what is no number. No negative zero.
fn round(number: f64, parts: f64) -> Value {
    value!((number * parts).round() / parts + 0.0)
}

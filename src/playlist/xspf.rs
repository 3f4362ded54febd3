//! XSPF: a playlist in XML, whose tracks are named by percent-encoded addresses.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};
use quick_xml::reader::Reader;

use super::address;
use super::file::{Line, Lines};
use crate::mistake::Wrong;
use crate::reading::mistakes::Mistakes;

/// XSPF itself is nested four deep; extensions may be somewhat deeper.
const DEEPEST: usize = 32;

/// The tracks of an XSPF file. `None` where it is no XSPF, which is then among the mistakes.
pub(super) fn read(text: &str, mistakes: &mut Mistakes) -> Option<Lines> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<String> = Vec::new();
    let mut lines = Lines::default();
    let mut content = String::new();
    let mut content_start = 0;
    // Of the track that is being read: what it is called, and from where on the lines are its own.
    let (mut track_title, mut own) = (None, 0);
    loop {
        let start = reader.buffer_position() as usize;
        let event = reader.read_event();
        let end = (reader.buffer_position() as usize).min(text.len());
        let wrong = match event {
            Ok(Event::Eof) if open.is_empty() => return Some(lines),
            Ok(Event::Eof) => Wrong::new("this file ends in the middle"),
            Ok(Event::Start(_)) if open.len() == DEEPEST => {
                Wrong::new("this is nested far too deep for a playlist")
            }
            Ok(Event::Start(tag)) => {
                open.push(tag.local_name().as_ref().to_owned());
                content.clear();
                content_start = end;
                continue;
            }
            Ok(Event::End(_)) => {
                let path: Vec<&str> = open.iter().map(String::as_str).collect();
                match path.as_slice() {
                    ["playlist", "title"] => lines.title = Some(content.trim().to_owned()),
                    ["playlist", "trackList", "track", "title"] => {
                        track_title = Some(content.trim().to_owned()).filter(|it| !it.is_empty());
                    }
                    // the title may stand before its location or after it
                    ["playlist", "trackList", "track"] => {
                        let title = track_title.take();
                        // a track's further locations are other copies of it: the first counts that is on this machine
                        let mut copies = lines.lines.split_off(own);
                        let here = |line: &Line| !address::is_on_the_network(&line.location);
                        let which = copies.iter().position(here).unwrap_or(0);
                        if which < copies.len() {
                            let line = copies.swap_remove(which);
                            lines.lines.push(Line { title, ..line });
                        }
                        own = lines.lines.len();
                    }
                    ["playlist", "trackList", "track", "location"] => {
                        let before = text[content_start..start].len()
                            - text[content_start..start].trim_start().len();
                        let from = content_start + before;
                        lines.lines.push(Line {
                            span: from..from + text[from..start].trim_end().len(),
                            title: None,
                            location: content.trim().to_owned(),
                            address: true,
                        });
                    }
                    _ => {}
                }
                open.pop();
                content.clear();
                continue;
            }
            Ok(Event::Text(piece)) => {
                content.push_str(&piece);
                continue;
            }
            Ok(Event::CData(piece)) => {
                content.push_str(&piece);
                continue;
            }
            Ok(Event::GeneralRef(reference)) => match resolve(&reference) {
                Some(text) => {
                    content.push_str(&text);
                    continue;
                }
                None => Wrong::new("`&` stands for nothing that is known here")
                    .help("write `&amp;` for an ampersand"),
            },
            Ok(Event::DocType(_)) => {
                Wrong::new("a playlist needs no document type (`<!DOCTYPE`)").help("take it out")
            }
            Ok(_) => continue,
            Err(error) => Wrong::new(format!("this is not understood as XML ({error})")),
        };
        mistakes.error(&(start.min(end)..end), wrong);
        return None;
    }
}

/// The character that `&amp;` or `&#228;` stands for.
fn resolve(reference: &BytesRef<'_>) -> Option<String> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Some(character.to_string()),
        Ok(None) => resolve_predefined_entity(reference).map(str::to_owned),
        Err(_) => None,
    }
}

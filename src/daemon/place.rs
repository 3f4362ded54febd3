//! Where a room's sound goes, for a session's zones.

use crate::output::{Map, Patch, Place};
use crate::room::{Output, Room};
use crate::zone::Layout;

/// The place of a session with this layout.
///
/// # Errors
/// A sentence where the room has no channels for a listener.
pub fn place(room: &Room, layout: &Layout) -> Result<Place, String> {
    let period = room.period;
    let Output::Device(id) = &room.output else {
        return Ok(Place::Paced { period });
    };
    Ok(Place::Device {
        id: id.clone(),
        patch: patch(room, layout)?,
        period,
    })
}

fn patch(room: &Room, layout: &Layout) -> Result<Patch, String> {
    if room.zones.is_empty() {
        return Ok(Patch::All);
    }
    let mut map = Map::default();
    // One zone for everybody is heard by each listener of the room.
    if let (1, Some(everybody)) = (layout.len(), layout.zones().next()) {
        for (_, channels) in &room.zones {
            map = map.with(everybody, [channels.left, channels.right]);
        }
        return Ok(Patch::Map(map));
    }
    for zone in layout.zones() {
        let Some(listener) = layout.listener(zone) else {
            continue;
        };
        let own = room.zones.iter().find(|(of, _)| *of == listener);
        let Some((_, channels)) = own else {
            return Err(format!(
                "the session speaks to listener {listener}, and the room file names no channels for {listener}; \
                 add them under `zones`"
            ));
        };
        map = map.with(zone, [channels.left, channels.right]);
    }
    Ok(Patch::Map(map))
}

//! Undersong's voices, alone and in the whole engine.

use undersong::engine::{Command, Engine, Envelope, Handle, Id, Setup, Voice};
use undersong::fade::Fade;
use undersong::level::Gain;
use undersong::time::Frames;
use undersong::zone::Layout;

use crate::mixer::Mixer;
use crate::work::Work;

/// The voices alone, into one bus.
pub struct Mixing {
    voices: Vec<Voice>,
    at: Frames,
}

impl Mixing {
    pub fn new(work: &Work) -> Self {
        Self {
            voices: voices(work).collect(),
            at: Frames::ZERO,
        }
    }
}

impl Mixer for Mixing {
    fn block(&mut self, out: &mut [f32]) {
        let (bus, _) = out.as_chunks_mut::<2>();
        bus.fill([0.0; 2]);
        let frames = Frames::from(bus.len());
        for voice in &mut self.voices {
            voice.mix(self.at, &mut [&mut *bus]);
        }
        self.at += frames;
    }
}

/// All that a session needs beside its voices.
pub struct Whole {
    engine: Engine,
    handle: Handle,
}

impl Whole {
    pub fn new(work: &Work) -> Self {
        let (engine, mut handle) = Engine::new(&Setup::default());
        for voice in voices(work) {
            let sent = handle.send(Command::Voice(Box::new(voice)));
            sent.expect("room in the queue");
        }
        Self { engine, handle }
    }
}

impl Mixer for Whole {
    fn control(&mut self, _stretch: usize) {
        while self.handle.event().is_some() {}
    }

    fn block(&mut self, out: &mut [f32]) {
        self.engine.render(out);
    }
}

fn voices(work: &Work) -> impl Iterator<Item = Voice> {
    work.sounds.iter().enumerate().map(|(number, sound)| {
        let [_, gain] = Work::ramp(number);
        let envelope = Envelope {
            from: Frames::ZERO,
            length: Work::length(),
            gain: Gain(gain),
            rise: Fade::equal_power(Work::length()),
            fall: Fade::NONE,
            turn: None,
        };
        let zones = Layout::single().all();
        Voice::new(Id(number as u64), envelope, zones, sound.as_slice().into())
    })
}

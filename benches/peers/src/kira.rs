//! kira's main track over sounds whose volume is on its way.

use std::convert::Infallible;

use kira::backend::{Backend, Renderer};
use kira::sound::static_sound::{StaticSoundData, StaticSoundHandle, StaticSoundSettings};
use kira::track::MainTrackBuilder;
use kira::{AudioManager, AudioManagerSettings, Decibels, Frame, Tween};

use crate::mixer::Mixer;
use crate::work::{RATE, Work};

pub struct Kira {
    manager: AudioManager<Bare>,
    /// A sound whose handle is gone would go on; but nobody plays one so.
    _handles: Vec<StaticSoundHandle>,
}

impl Kira {
    pub fn new(work: &Work) -> Self {
        let track = MainTrackBuilder::new().sound_capacity(work.sounds.len());
        let settings = AudioManagerSettings::<Bare> {
            main_track_builder: track,
            internal_buffer_size: work.block,
            ..AudioManagerSettings::default()
        };
        let mut manager = AudioManager::new(settings).expect("a manager");
        let voices = work.sounds.iter().enumerate();
        let handles = voices.map(|(number, sound)| {
            let [from, to] = Work::ramp(number).map(|gain| Decibels(20.0 * gain.log10()));
            let sound = StaticSoundData {
                sample_rate: RATE,
                frames: sound.iter().map(|f| Frame::new(f[0], f[1])).collect(),
                settings: StaticSoundSettings::new().volume(from),
                slice: None,
            };
            let mut handle = manager.play(sound).expect("room for a sound");
            let tween = Tween {
                duration: Work::duration(),
                ..Tween::default()
            };
            handle.set_volume(to, tween);
            handle
        });
        let handles = handles.collect();
        Self {
            manager,
            _handles: handles,
        }
    }
}

impl Mixer for Kira {
    fn block(&mut self, out: &mut [f32]) {
        if let Some(renderer) = &mut self.manager.backend_mut().0 {
            renderer.on_start_processing();
            renderer.process(out, 2);
        }
    }
}

/// No device: whoever has it asks for blocks.
struct Bare(Option<Renderer>);

impl Backend for Bare {
    type Settings = ();
    type Error = Infallible;

    fn setup((): (), _buffer: usize) -> Result<(Self, u32), Infallible> {
        Ok((Self(None), RATE))
    }

    fn start(&mut self, renderer: Renderer) -> Result<(), Infallible> {
        self.0 = Some(renderer);
        Ok(())
    }
}

//! firewheel's graph: for each voice a sampler and a volume, all into the output.

use std::num::NonZero;
use std::time::Duration;

use audioadapter_buffers::direct::InterleavedSlice;
use firewheel::backend::BackendProcessInfo;
use firewheel::diff::Memo;
use firewheel::node::{NodeID, StreamStatus};
use firewheel::nodes::sampler::SamplerNode;
use firewheel::nodes::volume::VolumeNode;
use firewheel::processor::FirewheelProcessor;
use firewheel::sample_resource::InterleavedResourceF32;
use firewheel::{ActivateInfo, FirewheelConfig, FirewheelContext};

use crate::mixer::Mixer;
use crate::work::{RATE, Work};

pub struct Firewheel {
    /// Before the context, which waits for it when it goes.
    processor: FirewheelProcessor,
    context: FirewheelContext,
    volumes: Vec<(NodeID, VolumeNode)>,
}

impl Firewheel {
    pub fn new(work: &Work) -> Self {
        let mut context = FirewheelContext::new(config(work.sounds.len()));
        let voices = work.sounds.iter().enumerate();
        let volumes = voices.map(|(number, sound)| {
            let volume = VolumeNode {
                smooth_seconds: 0.25,
                ..VolumeNode::from_linear(Work::ramp(number)[0])
            };
            let sound = InterleavedResourceF32 {
                data: sound.as_flattened().to_vec(),
                channels: NonZero::new(2).expect("two"),
                sample_rate: NonZero::new(RATE),
            };
            (play(&mut context, sound, volume), volume)
        });
        let volumes = volumes.collect();
        let rate = NonZero::new(RATE).expect("a rate");
        let stream = ActivateInfo {
            sample_rate: rate,
            max_block_frames: NonZero::new(work.block as u32).expect("frames in a block"),
            num_stream_in_channels: 0,
            num_stream_out_channels: 2,
            input_to_output_latency_seconds: 0.0,
        };
        let processor = context.activate(stream).expect("a stream");
        context.update().expect("a graph");
        Self {
            processor,
            context,
            volumes,
        }
    }
}

/// Puts a sound and its volume before the output; gives the volume's name.
fn play(
    context: &mut FirewheelContext,
    sound: InterleavedResourceF32,
    volume: VolumeNode,
) -> NodeID {
    let stereo = [(0, 0), (1, 1)];
    let mut sampler = SamplerNode::default();
    sampler.start_or_restart();
    let player = context.add_node(sampler, None).expect("a sampler");
    let fader = context.add_node(volume, None).expect("a volume");
    let out = context.graph_out_node_id();
    for (from, to) in [(player, fader), (fader, out)] {
        context.connect(from, to, &stereo, false).expect("an edge");
    }
    context.queue_event_for(player, SamplerNode::set_sample_event(sound));
    context.queue_event_for(player, sampler.sync_play_event());
    fader
}

fn config(voices: usize) -> FirewheelConfig {
    let voices = voices as u32;
    FirewheelConfig {
        initial_node_capacity: 2 * voices + 16,
        initial_edge_capacity: 8 * voices + 16,
        channel_capacity: 1024,
        immediate_event_capacity: 8192,
        initial_event_group_capacity: 4096,
        event_queue_capacity: 4096,
        ..FirewheelConfig::default()
    }
}

impl Mixer for Firewheel {
    fn control(&mut self, stretch: usize) {
        for (number, (node, volume)) in self.volumes.iter_mut().enumerate() {
            let mut memo = Memo::new(*volume);
            memo.set_linear(Work::target(number, stretch));
            memo.update_memo(&mut self.context.event_queue(*node));
            *volume = *memo;
        }
        self.context.update().expect("a graph");
    }

    fn block(&mut self, out: &mut [f32]) {
        let frames = out.len() / 2;
        self.processor.process(
            &InterleavedSlice::new(&[], 0, 0).expect("no input"),
            &mut InterleavedSlice::new_mut(out, 2, frames).expect("two channels"),
            BackendProcessInfo {
                frames,
                process_timestamp: None,
                duration_since_stream_start: Duration::ZERO,
                input_stream_status: StreamStatus::empty(),
                output_stream_status: StreamStatus::empty(),
                dropped_frames: 0,
                process_to_playback_delay: None,
            },
        );
    }
}

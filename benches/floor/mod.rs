//! What a bench measures against: a bare decode of the same files.

use std::path::Path;

use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::{FormatOptions, TrackType, probe::Hint};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

/// Symphonia alone, from the first packet to the last.
pub fn decode(path: &Path) {
    let file = std::fs::File::open(path).expect("a track");
    let bytes = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    let (format, metadata) = (FormatOptions::default(), MetadataOptions::default());
    let probe = symphonia::default::get_probe();
    let mut format = probe
        .probe(&Hint::new(), bytes, format, metadata)
        .expect("a format");
    let track = format.default_track(TrackType::Audio).expect("a track");
    let (id, params) = (track.id, track.codec_params.clone().expect("parameters"));
    let params = params.audio().expect("audio").clone();
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(&params, &AudioDecoderOptions::default())
        .expect("a codec");
    let mut samples: Vec<f32> = Vec::new();
    while let Ok(Some(packet)) = format.next_packet() {
        if packet.track_id == id
            && let Ok(sound) = decoder.decode(&packet)
        {
            samples.resize(sound.samples_interleaved(), 0.0);
            sound.copy_to_slice_interleaved(&mut samples);
            std::hint::black_box(&mut samples);
        }
    }
}

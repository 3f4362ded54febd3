#!/bin/sh
# Speaks the bundled cues again. Needs hibari-tts (pip install hibari-tts), sox and ffmpeg.
# Run in this folder: sh speak.sh
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# the loudness of a file in LUFS
loudness() {
	ffmpeg -hide_banner -nostats -i "$1" -af ebur128 -f null - 2>&1 |
		sed -n 's/^ *I: *\(-[0-9.]*\) LUFS$/\1/p' | tail -n 1
}

# cue NAME SENTENCE...: one file, with a breath between the sentences
cue() {
	name=$1
	shift
	count=0
	parts=
	for sentence in "$@"; do
		count=$((count + 1))
		part=$work/$name-$count.wav
		hibari "$sentence" -o "$work/raw.wav" --speed 0.77 --seed 1 >/dev/null
		# the edges' silence away, soft edges, then the breath
		sox "$work/raw.wav" -b 32 -e floating-point "$work/cut.wav" highpass 60 \
			reverse silence 1 0.01 -55d reverse silence 1 0.01 -55d
		sox "$work/cut.wav" "$part" fade h 0.015 -0 0.03 pad 0.02 0.75
		parts="$parts $part"
	done
	# shellcheck disable=SC2086
	sox $parts "$work/all.wav" reverse trim 0.7 reverse
	gain=$(awk "BEGIN { print -23 - ($(loudness "$work/all.wav")) }")
	sox "$work/all.wav" -b 16 -C 8 "$name.flac" gain "$gain" dither
}

cue opening "Let your breath soften." "There is nothing you need to do."
cue soften "Let your jaw soften, and your shoulders." "Let the music carry you."
cue intention-a "Remember what you came here for." "Let it rest in your hands."
cue intention-b "You are not alone in this." "Feel how near you are to each other."
cue return "When you are ready, begin to return."
cue closing "Welcome back." "Take all the time you need, before you move or speak."

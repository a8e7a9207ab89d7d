"""Whole argvs: a change of one word here is a change of every film."""

from __future__ import annotations

from fractions import Fraction

from studio.models.timeline import Canvas
from studio.render import graph, loudness, mix
from studio.render.probe import Media


def words(text: str) -> list[str]:
    return text.split()


CANVAS = Canvas(width=1080, height=1920)
SLOW = Media(kind="video", width=1920, height=1080, fps=Fraction(25), duration=10.0)
FAST = Media(kind="video", width=1080, height=1920, fps=Fraction(60), duration=10.0)

HEAD = words("-nostdin -y -hide_banner -loglevel warning -nostats -xerror -filter_complex_threads 1 -filter_threads 1")
PROGRESS = words("-progress pipe:1 -stats_period 0.5")
SAFE = words(
    "-format_whitelist mov,matroska,mp3,wav,ogg,flac,aac,png_pipe,jpeg_pipe,webp_pipe,gif "
    "-max_pixels 50000000 -protocol_whitelist file,pipe"
)
EXACT = "-map_chapters -1 -map_metadata -1 -movie_timescale 15360"
TAGS = "setparams=chroma_location=left:color_primaries=bt709:color_trc=bt709:colorspace=bt709:field_mode=prog:range=tv"
CROP = "crop=min(iw\\,ih*1080/1920/sar):min(ih\\,iw*1920/1080*sar)"


def x264(frames: int, *, preset: str, crf: int, extra: str = "") -> list[str]:
    return (
        f"-f mp4 -c:v libx264 -crf {crf} -fflags +bitexact -flags:v +bitexact -frames:v {frames} -g 60 {EXACT} "
        f"-pix_fmt yuv420p -preset {preset} -profile:v high -threads 1 -video_track_timescale 15360 "
        f"-x264-params open-gop=0:stitchable=1{extra} segment.mp4"
    ).split()


def filtergraph(*filters: str, source: str = "0:V:0") -> list[str]:
    names = [source, *(f"s{number}" for number in range(len(filters)))]
    chain = ";".join(f"[{names[n]}]{text}[{names[n + 1]}]" for n, text in enumerate(filters))
    return ["-filter_complex", chain, "-map", f"[{names[-1]}]"]


def test_a_slow_clip_is_scaled_before_its_frames_are_repeated() -> None:
    window = graph.Window(start=1.5, first=0, frames=60)

    argv = graph.clip_segment(SLOW, window, canvas=CANVAS, tier="standard", has_captions=True)

    assert argv == [
        *HEAD,
        *PROGRESS,
        *SAFE,
        *words("-ss 1.500000 -t 2.500000 -threads 1 -i file:source0"),
        *filtergraph(
            CROP,
            "scale=1080:1920:flags=bicubic:out_color_matrix=bt709:out_range=tv",
            "format=yuv420p",
            "fps=fps=30:start_time=0",
            "tpad=stop=-1:stop_mode=clone",
            "trim=end_frame=60:start_frame=0",
            "setpts=PTS-STARTPTS",
            "setsar=1",
            TAGS,
            "ass=captions.ass",
        ),
        *x264(60, preset="veryfast", crf=22, extra=":rc-lookahead=8:partitions=p8x8,i8x8:trellis=1"),
    ]


def test_a_fast_clip_loses_frames_before_the_scaler_and_is_read_from_a_second_before() -> None:
    window = graph.Window(start=0.0, first=100, frames=12)

    argv = graph.clip_frames("source1", FAST, window, canvas=CANVAS)

    assert argv == [
        *HEAD,
        *SAFE,
        *words("-ss 2.333333 -t 1.900000 -threads 1 -i file:source1"),
        *filtergraph(
            "fps=fps=30:start_time=0",
            CROP,
            "scale=1080:1920:flags=bicubic:out_color_matrix=bt709:out_range=tv",
            "format=yuv420p",
            "tpad=stop=-1:stop_mode=clone",
            "trim=end_frame=42:start_frame=30",
            "setpts=PTS-STARTPTS",
        ),
        *words("-f rawvideo -frames:v 12 -pix_fmt yuv420p pipe:1"),
    ]


def test_drawn_frames_come_through_a_pipe() -> None:
    argv = graph.piped_segment(30, canvas=CANVAS, tier="high", has_captions=False)

    assert argv == [
        *HEAD,
        *PROGRESS,
        *words("-f rawvideo -video_size 1080x1920 -framerate 30 -pixel_format yuv420p -protocol_whitelist pipe"),
        *words("-i pipe:0"),
        *filtergraph("setsar=1", TAGS, source="0:v"),
        *x264(30, preset="medium", crf=20, extra=":rc-lookahead=20"),
    ]


def test_a_still_is_decoded_once_upright() -> None:
    argv = graph.still_planes("source0", width=1620, height=2880, orientation=6)

    assert argv == [
        *HEAD,
        *SAFE[:4],
        "-noautorotate",
        *SAFE[4:],
        *words("-i file:source0"),
        *filtergraph(
            "transpose=1",
            "scale=1620:2880:flags=lanczos:out_color_matrix=bt709:out_range=tv",
            "format=yuv420p",
            source="0:v",
        ),
        *words("-f rawvideo -frames:v 1 -pix_fmt yuv420p pipe:1"),
    ]


def test_a_still_that_is_seen_through_is_laid_on_its_ground_before_it_is_scaled() -> None:
    argv = graph.still_planes("source0", width=1620, height=2880, orientation=1, backing="0xF1EEE7")

    assert argv[argv.index("-filter_complex") + 1] == (
        "[0:v]format=rgba[s0];[s0]split=2[s1][s2];[s1]drawbox=color=0xF1EEE7@1:replace=1:t=fill[s3];"
        "[s3][s2]overlay=alpha=straight:eof_action=repeat:format=rgb[s4];[s4]format=rgb24[s5];"
        "[s5]scale=1620:2880:flags=lanczos:out_color_matrix=bt709:out_range=tv[s6];[s6]format=yuv420p[s7]"
    )


def test_what_lies_before_damage_is_read_without_minding_it() -> None:
    window = graph.Window(start=0.0, first=0, frames=30)

    strict, lenient = (
        graph.clip_frames("source0", SLOW, window, canvas=CANVAS, is_strict=is_strict) for is_strict in (True, False)
    )

    assert lenient == [word for word in strict if word != "-xerror"]


def test_a_join_copies_both_streams() -> None:
    assert graph.join_segments(title="A 'b'; c=d") == [
        *HEAD,
        *PROGRESS,
        *words("-f concat -safe 1 -i segments.ffconcat -i audio.m4a -map 0:v -map 1:a -f mp4 -c copy"),
        *words("-fflags +bitexact -flags:v +bitexact -map_chapters -1 -map_metadata -1 -metadata"),
        "title=A 'b'; c=d",
        *words("-movflags +faststart -movie_timescale 15360 -video_track_timescale 15360 film.mp4"),
    ]


def test_a_small_copy_is_made_of_the_same_frames() -> None:
    argv = graph.piped_segment(30, canvas=CANVAS, tier="draft", has_captions=True, small=CANVAS.reduced(360))

    assert argv == [
        *HEAD,
        *PROGRESS,
        *words("-f rawvideo -video_size 1080x1920 -framerate 30 -pixel_format yuv420p -protocol_whitelist pipe"),
        *words("-i pipe:0 -filter_complex"),
        f"[0:v]setsar=1[s0];[s0]{TAGS}[s1];[s1]ass=captions.ass[s2];[s2]split=2[s3][s4];"
        "[s4]scale=360:640:flags=bilinear[s5];[s5]setsar=1[s6]",
        *words("-map [s3]"),
        *x264(30, preset="superfast", crf=24),
        *words("-map [s6]"),
        *x264(30, preset="superfast", crf=27, extra=":bframes=0")[:-1],
        "small.mp4",
    ]


def test_a_preview_has_as_much_sound_as_picture() -> None:
    assert graph.join_preview(45) == [
        *HEAD,
        *PROGRESS,
        *words("-f concat -safe 1 -i segments.ffconcat -t 1.500000 -i audio.m4a -map 0:v -map 1:a -f mp4 -c copy"),
        *words("-fflags +bitexact -flags:v +bitexact -map_chapters -1 -map_metadata -1"),
        *words("-movflags +faststart -movie_timescale 15360 -video_track_timescale 15360 preview.mp4"),
    ]


def test_an_animation_strings_excerpts_together_and_begins_again() -> None:
    argv = graph.animation([range(30, 51), range(90, 111)], size=Canvas(width=270, height=480), quality=70)

    def chain(source: int, first: int) -> str:
        names = [f"{source}:v", *(f"s{first + place}" for place in range(4))]
        return "".join(
            f"[{names[place]}]{text}[{names[place + 1]}];"
            for place, text in enumerate(
                (
                    "fps=eof_action=pass:fps=12:start_time=0",
                    "scale=270:480:flags=area:in_color_matrix=bt709:out_color_matrix=bt601:out_range=tv",
                    "format=yuv420p",
                    "setsar=1",
                )
            )
        )

    assert argv == [
        *HEAD,
        *PROGRESS,
        *words("-ss 1.000000 -t 0.700000 -threads 1 -i film.mp4 -ss 3.000000 -t 0.700000 -threads 1 -i film.mp4"),
        "-filter_complex",
        chain(0, 0) + chain(1, 4) + "[s3][s7]concat=a=0:n=2:v=1[s8]",
        *words(
            "-map [s8] -f webp -c:v libwebp_anim -compression_level 2 -fflags +bitexact -loop 0 -quality 70 animation.webp"
        ),
    ]


def test_untagged_small_clips_are_bt601_and_large_ones_bt709() -> None:
    window = graph.Window(start=0.0, first=0, frames=3)

    def scaler(height: int) -> str:
        media = SLOW.model_copy(update={"is_untagged": True, "height": height})
        argv = graph.clip_segment(media, window, canvas=CANVAS, tier="draft", has_captions=False)
        return argv[argv.index("-filter_complex") + 1]

    assert [":in_color_matrix=bt601:" in scaler(480), ":in_color_matrix=bt709:" in scaler(1080)] == [True, True]


def test_a_shot_longer_than_its_clip_is_not_sought_past_the_end() -> None:
    short = SLOW.model_copy(update={"duration": 2.0})
    window = graph.Window(start=1.0, first=200, frames=12)

    argv = graph.clip_segment(short, window, canvas=CANVAS, tier="draft", has_captions=False)

    assert argv[argv.index("-ss") + 1] == "1.500000"
    assert "trim=end_frame=197:start_frame=185" in argv[argv.index("-filter_complex") + 1]


def test_a_voice_ducks_the_music() -> None:
    argv = mix.mix([0, 30], bed=mix.Bed(gain_db=-14), frames=300)

    plain = "aresample=48000[{}];[{}]aformat=channel_layouts=stereo:sample_fmts=fltp"
    assert argv == [
        *(word for word in HEAD if word != "-xerror"),
        *PROGRESS,
        *(word for name in ("voice0", "voice1", "music") for word in (*SAFE, "-i", f"file:{name}")),
        "-filter_complex",
        f"[0:a:0]{plain.format('s0', 's0')}[s1];"
        f"[1:a:0]{plain.format('s2', 's2')}[s3];"
        "[s3]adelay=48000S:all=1[s4];"
        "[s1][s4]amix=dropout_transition=0:duration=longest:inputs=2:normalize=0[s5];"
        "[s5]apad[s6];[s6]atrim=end_sample=480000[s7];[s7]asplit=2[s8][s9];"
        f"[2:a:0]{plain.format('s10', 's10')}[s11];"
        "[s11]volume=-14dB[s12];[s12]apad[s13];[s13]atrim=end_sample=480000[s14];"
        "[s14]afade=duration=1.5000:start_time=8.5000:type=out[s15];"
        "[s15][s8]sidechaincompress=attack=15:knee=4:ratio=6:release=350:threshold=0.02[s16];"
        "[s9][s16]amix=duration=first:inputs=2:normalize=0[s17]",
        *words("-map [s17] -f wav -c:a pcm_f32le -fflags +bitexact -flags:a +bitexact mix.wav"),
    ]


def test_the_master_limits_at_four_times_the_rate() -> None:
    assert loudness.master(gain_db=3, limit_db=-2, frames=30) == [
        *HEAD,
        *PROGRESS,
        *words("-i mix.wav"),
        *filtergraph(
            "volume=3.00dB",
            "aresample=192000",
            "alimiter=attack=5:latency=true:level=false:limit=0.79433:release=50",
            "aresample=48000",
            "apad",
            "atrim=end_sample=48000",
            source="0:a",
        ),
        *words("-f mp4 -b:a 192k -ac 2 -ar 48000 -c:a aac -fflags +bitexact -flags:a +bitexact -map_metadata -1"),
        "audio.m4a",
    ]

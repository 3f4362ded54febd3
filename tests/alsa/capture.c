/* An ALSA output that is a sound card without a card, for tests.
 *
 * It plays in real time (CLOCK_MONOTONIC) and appends every byte that is written to it to a file, as it was written.
 * Where a real card would run dry it waits, so that a busy machine loses nothing. A small text file makes it fail:
 *   "gone"        everything fails with ENODEV, as after the USB plug was pulled
 *   "eio"         everything fails with EIO, as where the sound server was killed
 *   "xrun"        it runs dry once, and is well again
 *   "freeze"      its clock stands still: no error, and never a callback again
 *   "hang"        its clock stands still, and who opens, feeds or closes it waits until the word is gone
 *   "drift 1.01"  its clock is so much faster
 */
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <fcntl.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct card {
    snd_pcm_ioplug_t io;
    int file;               /* what was played */
    int ticks;              /* a timer that wakes the player up */
    char *control;          /* names the file with the faults */
    int frozen;
    int hanging;
    int dry;                /* 1: it is to run dry, 2: it did */
    int running;
    double ratio;           /* of its clock to ours */
    double played;          /* frames since prepare */
    double last;            /* when that was reckoned, in seconds */
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

/* Looks for faults; 0, or the error that everything fails with. */
static int obey(struct card *card)
{
    char word[16] = "";
    int file = card->control ? open(card->control, O_RDONLY | O_CLOEXEC) : -1;

    if (file >= 0) {
        ssize_t length = read(file, word, sizeof word - 1);
        word[length < 0 ? 0 : length] = 0;
        close(file);
    }
    card->hanging = !strncmp(word, "hang", 4);
    card->frozen = card->hanging || !strncmp(word, "freeze", 6);
    card->ratio = strncmp(word, "drift ", 6) ? 1.0 : strtod(word + 6, NULL);
    if (strncmp(word, "xrun", 4))
        card->dry = 0;
    else if (!card->dry)
        card->dry = 1;
    if (!strncmp(word, "gone", 4))
        return -ENODEV;
    return strncmp(word, "eio", 3) ? 0 : -EIO;
}

/* Waits while the card hangs; true where it did. */
static int hang(struct card *card)
{
    int error = obey(card), hung = card->hanging;

    while (!error && card->hanging) {
        usleep(5000);
        error = obey(card);
    }
    return hung;
}

static int prepare(snd_pcm_ioplug_t *io)
{
    struct card *card = io->private_data;

    card->running = 0;
    card->played = 0;
    return obey(card);
}

static int start(snd_pcm_ioplug_t *io)
{
    struct card *card = io->private_data;

    card->last = now();
    card->running = 1;
    return obey(card);
}

static int stop(snd_pcm_ioplug_t *io)
{
    ((struct card *)io->private_data)->running = 0;
    return 0;
}

static snd_pcm_sframes_t pointer(snd_pcm_ioplug_t *io)
{
    struct card *card = io->private_data;
    snd_pcm_uframes_t held = snd_pcm_ioplug_hw_avail(io, io->hw_ptr, io->appl_ptr);
    double most = (long)card->played + (held ? held - 1.0 : 0.0), t = now();
    int error = obey(card);

    if (error)
        return error;
    if (card->dry == 1 && card->running) {
        card->dry = 2;
        return -EPIPE;
    }
    if (card->running && !card->frozen)
        card->played += (t - card->last) * io->rate * card->ratio;
    if (card->played > most)
        card->played = most;
    card->last = t;
    return (long)card->played % io->buffer_size;
}

static snd_pcm_sframes_t transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas,
                                  snd_pcm_uframes_t offset, snd_pcm_uframes_t frames)
{
    struct card *card = io->private_data;
    const char *bytes = (const char *)areas->addr + (areas->first + areas->step * offset) / 8;
    size_t rest = frames * (areas->step / 8);
    int error = hang(card) ? -ENODEV : obey(card);

    while (!error && rest) {
        ssize_t written = write(card->file, bytes, rest);
        if (written <= 0)
            return -EIO;
        bytes += written;
        rest -= written;
    }
    return error ? error : (snd_pcm_sframes_t)frames;
}

/* The timer wakes the player up eight times a period. */
static int hw_params(snd_pcm_ioplug_t *io, snd_pcm_hw_params_t *params)
{
    struct card *card = io->private_data;
    long step = (long)(1e9 * io->period_size / io->rate / 8);
    struct itimerspec every = {{0, step}, {0, step}};
    (void)params;
    return timerfd_settime(card->ticks, 0, &every, NULL);
}

static int revents(snd_pcm_ioplug_t *io, struct pollfd *poll, unsigned count, unsigned short *events)
{
    struct card *card = io->private_data;
    unsigned long long expired;
    int error = obey(card);
    snd_pcm_sframes_t room = error ? error : snd_pcm_avail_update(io->pcm);

    (void)count;
    if (poll->revents & POLLIN && read(card->ticks, &expired, sizeof expired) < 0)
        expired = 0;
    if (room < 0)
        *events = room == -ENODEV ? POLLERR | POLLHUP : POLLERR;
    else
        *events = (snd_pcm_uframes_t)room >= io->period_size ? POLLOUT : 0;
    return 0;
}

static int close_card(snd_pcm_ioplug_t *io)
{
    struct card *card = io->private_data;

    hang(card);
    close(card->file);
    close(card->ticks);
    free(card->control);
    free(card);
    return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
    .start = start, .stop = stop, .pointer = pointer, .transfer = transfer, .close = close_card,
    .hw_params = hw_params, .prepare = prepare, .poll_revents = revents,
};

SND_PCM_PLUGIN_DEFINE_FUNC(capture)
{
    static const unsigned access[] = {SND_PCM_ACCESS_RW_INTERLEAVED};
    static const unsigned format[] = {SND_PCM_FORMAT_FLOAT_LE};
    static const struct { int what; unsigned least, most; } limits[] = {
        {SND_PCM_IOPLUG_HW_RATE, 8000, 192000},
        {SND_PCM_IOPLUG_HW_PERIOD_BYTES, 128, 256 * 1024},
        {SND_PCM_IOPLUG_HW_BUFFER_BYTES, 256, 512 * 1024},
        {SND_PCM_IOPLUG_HW_PERIODS, 2, 64},
    };
    const char *file = "/dev/null", *control = NULL;
    long channels = 0;
    snd_config_t *field;
    struct card *card;
    int error;
    (void)root;
    if (!snd_config_search(conf, "file", &field))
        snd_config_get_string(field, &file);
    if (!snd_config_search(conf, "control", &field))
        snd_config_get_string(field, &control);
    if (!snd_config_search(conf, "channels", &field))
        snd_config_get_integer(field, &channels);
    /* As libjack does where no server runs: past ALSA, straight to the terminal. */
    if (getenv("CAPTURE_CHATTERS"))
        fputs("a library chatters\n", stderr);
    if (stream != SND_PCM_STREAM_PLAYBACK)
        return -EINVAL;
    if (!(card = calloc(1, sizeof *card)))
        return -ENOMEM;
    card->control = control ? strdup(control) : NULL;
    card->file = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    card->ticks = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    card->io = (snd_pcm_ioplug_t){
        .version = SND_PCM_IOPLUG_VERSION, .name = "Capture", .callback = &callbacks, .private_data = card,
        .poll_fd = card->ticks, .poll_events = POLLIN, .flags = SND_PCM_IOPLUG_FLAG_MONOTONIC,
    };
    hang(card);
    error = obey(card);
    if (!error)
        error = snd_pcm_ioplug_create(&card->io, name, stream, mode);
    if (error) {
        close_card(&card->io);
        return error;
    }
    snd_pcm_ioplug_set_param_list(&card->io, SND_PCM_IOPLUG_HW_ACCESS, 1, access);
    snd_pcm_ioplug_set_param_list(&card->io, SND_PCM_IOPLUG_HW_FORMAT, 1, format);
    snd_pcm_ioplug_set_param_minmax(&card->io, SND_PCM_IOPLUG_HW_CHANNELS, channels ? channels : 1,
                                    channels ? channels : 8);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        snd_pcm_ioplug_set_param_minmax(&card->io, limits[i].what, limits[i].least, limits[i].most);
    *pcmp = card->io.pcm;
    return 0;
}
SND_PCM_PLUGIN_SYMBOL(capture);

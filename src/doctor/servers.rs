//! Whether another program may hold the sound device.

use super::{Finding, Machine};

const CHECK: &str = "others";
const SERVERS: [&str; 4] = ["pipewire", "pulseaudio", "jackd", "jackdbus"];

/// The sound servers that run.
#[must_use]
pub fn look(machine: &Machine) -> Vec<&'static str> {
    let processes = machine.names("/proc");
    let processes = processes.iter().filter(|name| name.parse::<u32>().is_ok());
    let running: Vec<String> = processes
        .filter_map(|id| machine.text(&format!("/proc/{id}/comm")))
        .collect();
    let runs = |server: &&str| running.iter().any(|name| name == server);
    SERVERS.into_iter().filter(|server| runs(server)).collect()
}

/// What it means for a device.
#[must_use]
pub fn judge(device: &str, servers: &[&str]) -> Finding {
    if servers.is_empty() {
        return Finding::ok(CHECK, "no other program serves sound on this computer");
    }
    let servers = servers.join(" and ");
    let direct = ["alsa:hw:", "alsa:plughw:"];
    if direct.iter().any(|begin| device.starts_with(begin)) {
        let says =
            format!("{servers} runs and may take the sound device, or play other sounds on it");
        let advice = "in the desktop's sound settings set this card's profile to “off”, or run the daemon on a computer \
                      without a desktop";
        return Finding::warn(CHECK, says, advice);
    }
    let says = format!(
        "the sound goes through {servers}, where other programs can be heard and the sound can be moved elsewhere"
    );
    let advice =
        "name the card itself in the room file (`alsa:hw:...`; `undersong devices` lists them)";
    Finding::warn(CHECK, says, advice)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_server_is_found_by_its_own_name() {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::under(folder.path());
        let run = |id: &str, name: &str| {
            let process = folder.path().join("proc").join(id);
            std::fs::create_dir_all(&process).unwrap();
            std::fs::write(process.join("comm"), format!("{name}\n")).unwrap();
        };
        run("1", "systemd");
        run("21", "pipewire-pulse");
        run("self", "pulseaudio");
        assert!(look(&machine).is_empty());
        run("20", "pipewire");
        let servers = look(&machine);
        assert_eq!(servers, ["pipewire"]);
        let direct = judge("alsa:hw:CARD=Audio,DEV=0", &servers);
        assert_eq!(direct.verdict, Verdict::Warn);
        assert!(direct.says.contains("take the sound device"), "{direct:?}");
        assert_eq!(judge("alsa:default", &[]).verdict, Verdict::Ok);
    }
}

//! Whether the processor runs as fast as it can when it has to.

use super::{Finding, Machine};

const CHECK: &str = "processor";
const CPUS: &str = "/sys/devices/system/cpu";

/// Each processor's governor and the driver beneath it.
#[must_use]
pub fn look(machine: &Machine) -> Vec<(String, String)> {
    let cpus = machine.names(CPUS).into_iter().filter(|name| {
        let number = name.strip_prefix("cpu").unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let governors = cpus.filter_map(|cpu| {
        let of = |what: &str| machine.text(&format!("{CPUS}/{cpu}/cpufreq/{what}"));
        Some((
            of("scaling_governor")?,
            of("scaling_driver").unwrap_or_default(),
        ))
    });
    governors.collect()
}

/// What it means.
#[must_use]
pub fn judge(governors: &[(String, String)]) -> Finding {
    let Some((governor, driver)) = governors
        .iter()
        .find(|(governor, _)| governor == "powersave")
    else {
        return match governors.first() {
            Some((governor, _)) => Finding::ok(
                CHECK,
                format!("the processor's speed is governed by `{governor}`"),
            ),
            None => Finding::ok(CHECK, "the processor's speed is not adjustable"),
        };
    };
    // These two drivers choose the speed themselves; with others `powersave` is the lowest speed there is, for good.
    if driver.starts_with("intel_pstate") || driver.starts_with("amd-pstate") {
        let says = format!(
            "the processor saves power and still speeds up when it has to (`{governor}`, {driver})"
        );
        return Finding::ok(CHECK, says);
    }
    let says =
        "the processor always runs at its lowest speed (`powersave`), and the sound may drop out";
    let advice = "as root: `cpupower frequency-set -g performance`, or choose performance in the computer's power settings";
    Finding::warn(CHECK, says, advice)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;
    use std::fs;

    #[test]
    fn powersave_is_slow_only_where_the_driver_does_not_choose() {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::under(folder.path());
        assert_eq!(judge(&look(&machine)).verdict, Verdict::Ok);
        let set = |cpu: &str, governor: &str, driver: &str| {
            let cpufreq = machine.path(CPUS).join(cpu).join("cpufreq");
            fs::create_dir_all(&cpufreq).unwrap();
            fs::write(cpufreq.join("scaling_governor"), governor).unwrap();
            fs::write(cpufreq.join("scaling_driver"), driver).unwrap();
        };
        set("cpu0", "performance\n", "acpi-cpufreq\n");
        set("cpu1", "powersave\n", "acpi-cpufreq\n");
        assert_eq!(look(&machine).len(), 2);
        assert_eq!(judge(&look(&machine)).verdict, Verdict::Warn);
        set("cpu1", "powersave\n", "intel_pstate\n");
        assert_eq!(judge(&look(&machine)).verdict, Verdict::Ok);
    }
}

//! Real-time priority for the audio thread, where the system allows it.

use rustix::mm::{MlockAllFlags, mlockall};
use thread_priority::{
    RealtimeThreadSchedulePolicy, ThreadPriority, ThreadPriorityValue, ThreadSchedulePolicy,
    set_thread_priority_and_policy, thread_native_id,
};

/// Above everything that is not sound, below the kernel's own threads.
const PRIORITY: u8 = 50;

/// Puts the thread that calls under the system's real-time schedule (`SCHED_FIFO`); true where it is now. One system call
/// that does not wait.
#[must_use]
pub fn take() -> bool {
    let Ok(value) = ThreadPriorityValue::try_from(PRIORITY) else {
        return false;
    };
    let priority = ThreadPriority::Crossplatform(value);
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
    set_thread_priority_and_policy(thread_native_id(), priority, policy).is_ok()
}

/// Keeps all memory of the program from being swapped out; false where the system does not allow it. Blocking.
#[must_use]
pub fn lock_memory() -> bool {
    mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE).is_ok()
}

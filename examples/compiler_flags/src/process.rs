//! Programs that may take only so long.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What a program printed. It is an error if it does not end with 0, or not in time.
///
/// Its output goes to files in the directory, so that one that prints a lot does not wait for a reader.
pub fn run(command: &mut Command, directory: &Path, limit: Duration) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let started = start(command, directory).map_err(|error| format!("`{name}` cannot be started: {error}"));
    let status = wait(&mut started?, limit).map_err(|error| format!("`{name}`: {error}"))?;
    let read = |file: &str| std::fs::read_to_string(directory.join(file)).unwrap_or_default();
    match status {
        Some(status) if status.success() => Ok(read(OUTPUT)),
        Some(status) => Err(format!("`{name}` ended with {status}: {}", read(ERRORS).trim())),
        None => Err(format!("`{name}` took longer than {limit:?}")),
    }
}

const OUTPUT: &str = "stdout";
const ERRORS: &str = "stderr";

fn start(command: &mut Command, directory: &Path) -> std::io::Result<Child> {
    let (output, errors) = (File::create(directory.join(OUTPUT))?, File::create(directory.join(ERRORS))?);
    command.current_dir(directory).stdin(Stdio::null()).stdout(output).stderr(errors).spawn()
}

/// None where it had to be killed.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<String, String> {
        let directory = tempfile::tempdir().unwrap();
        run(Command::new("sh").args(["-c", script]), directory.path(), limit)
    }

    #[test]
    fn a_program_ends_with_0_and_in_time_or_fails() {
        let minute = Duration::from_secs(60);
        assert_eq!(shell("echo 7", minute).unwrap(), "7\n");
        let error = shell("echo no space >&2; exit 3", minute).unwrap_err();
        assert!(error.contains("status: 3: no space"), "{error}");
        let error = shell("exec sleep 60", Duration::from_millis(50)).unwrap_err();
        assert!(error.contains("longer than 50ms"), "{error}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let error = run(&mut Command::new("no-such-compiler"), directory.path(), Duration::from_secs(1)).unwrap_err();
        assert!(error.contains("`no-such-compiler` cannot be started"), "{error}");
    }
}

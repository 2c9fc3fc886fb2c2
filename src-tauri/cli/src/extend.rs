//! `cartorio extend`

use std::process::ExitCode;

use api::{
    Failure,
    office::{Cancel, ExtendRequest, Level, Office, OfficeError, Overrides},
};

use crate::{
    arguments::ExtendArguments,
    detail, say, shown,
    sign::{spinner, step_text},
};

pub(crate) fn run(arguments: ExtendArguments) -> Result<ExitCode, Failure> {
    let office = Office::of_this_computer()?;
    let request = ExtendRequest {
        environment: office.environment(&arguments.new_file.env, &Overrides::default())?,
        input: arguments.input,
        output: arguments.new_file.out,
        overwrite: arguments.new_file.overwrite,
        level: arguments.level,
        time_stampers: arguments.new_file.time_stampers,
    };
    let spinner = spinner();
    let runtime = crate::io_runtime().map_err(|source| OfficeError::File { file: request.input.clone(), source })?;
    let outcome =
        runtime.block_on(office.extend(&request, &Cancel::default(), &|step| spinner.set_message(step_text(step))));
    spinner.finish_and_clear();
    let outcome = outcome?;
    if arguments.json {
        let value = serde_json::json!({
            "output": outcome.output.to_string_lossy(),
            "sha256": outcome.verified.facts.sha256,
            "level": outcome.level.map(Level::label),
        });
        say(&value.to_string());
    } else {
        say(&texts::text("cli-extended", &[("file", &shown(&outcome.output))]));
        match outcome.level {
            Some(level) => detail("cli-level", &[("level", level.label())]),
            None => detail("cli-no-level", &[]),
        }
        detail("cli-checked", &[]);
    }
    Ok(ExitCode::SUCCESS)
}

package io.parcelwatch.commandline;

import io.parcelwatch.intake.RulesFile;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which rules the records of accounts must keep to: of the commands that import. */
final class RulesOption {

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description =
                    "what records must keep to, by channel and account (PARCELWATCH_RULES); docs/rules.md tells the keys")
    private Path path;

    /**
     * The rules file that the flag names, else the environment.
     *
     * @throws io.parcelwatch.settings.UnusableSettingsException where it cannot be used
     */
    Optional<RulesFile> file() {
        String variable = System.getenv("PARCELWATCH_RULES");
        Path named = path != null || variable == null || variable.isBlank() ? path : Path.of(variable.strip());
        return Optional.ofNullable(named).map(RulesFile::read);
    }
}

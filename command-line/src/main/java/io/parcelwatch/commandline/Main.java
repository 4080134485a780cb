package io.parcelwatch.commandline;

import java.util.logging.LogManager;
import picocli.CommandLine;

/** The entry point of the launcher. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        // PostgreSQL's driver would speak to the terminal.
        LogManager.getLogManager().reset();
        int code = commandLine().execute(arguments);
        System.out.flush();
        // Flink and Kafka leave threads behind.
        System.exit(code);
    }

    /** The command line with its rules for errors. */
    static CommandLine commandLine() {
        return new CommandLine(new Parcelwatch())
                .setParameterExceptionHandler(Errors::wrongUsage)
                .setExecutionExceptionHandler(Errors::failed)
                .setUsageHelpAutoWidth(true)
                .setUsageHelpWidth(100)
                .setAbbreviatedOptionsAllowed(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false);
    }
}

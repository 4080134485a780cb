package io.parcelwatch.benchmarks;

import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point of {@code ./parcelwatch benchmark}. */
@Command(
        name = "parcelwatch benchmark",
        description = "Measures on this machine what docs/performance.md tells of.",
        synopsisSubcommandLabel = "BENCHMARK",
        commandListHeading = "%nBenchmarks:%n",
        subcommands = {ImportOrdersBenchmark.class, WatchShipmentsBenchmark.class})
final class Main implements Runnable {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--help",
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "show this and exit")
    private boolean help;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a benchmark");
    }

    public static void main(String[] arguments) {
        // PostgreSQL's driver would speak to the terminal.
        LogManager.getLogManager().reset();
        int code = commandLine().execute(arguments);
        System.out.flush();
        System.exit(code);
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler((failure, commandLine, parsed) -> {
                    commandLine.getErr().println("parcelwatch: " + failure.getMessage());
                    return 1;
                })
                .setUsageHelpAutoWidth(true);
    }
}

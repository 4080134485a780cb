package io.parcelwatch.commandline;

import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command above all commands: it holds the settings, which may stand before or after the command's name. */
@Command(
        name = "parcelwatch",
        version = "parcelwatch 0.1.0-SNAPSHOT",
        description = {
            "Watches parcels from \"order placed\" to \"parcel in hand\".",
            "",
            "Begin with @|bold ./parcelwatch demo|@, which needs nothing but this machine."
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nSettings (of every command; each has an environment variable):%n",
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            ImportOrdersCommand.class,
            ImportFulfilmentsCommand.class,
            RejectsCommand.class,
            DescribeCommand.class,
            WatchShipmentsCommand.class,
            NormalizeCommand.class,
            TrackCommand.class,
            StallsCommand.class,
            ResolveCommand.class,
            MigrateCommand.class,
            DoctorCommand.class,
            JobsCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:done",
            " 1:failed, can be run again",
            " 2:wrong usage",
            " 3:nothing imported, too many rejects",
            " 4:already running"
        })
final class Parcelwatch implements Runnable {

    @Spec
    CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--db-url",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description =
                    "PostgreSQL as jdbc:postgresql://host:port/name (PARCELWATCH_DB_URL); default: an embedded one in the home")
    String dbUrl;

    @Option(
            names = "--db-user",
            paramLabel = "USER",
            scope = ScopeType.INHERIT,
            description = "its user (PARCELWATCH_DB_USER)")
    String dbUser;

    @Option(
            names = "--db-password",
            paramLabel = "PASSWORD",
            scope = ScopeType.INHERIT,
            description =
                    "its password; better set PARCELWATCH_DB_PASSWORD, which other users of the machine cannot see")
    String dbPassword;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            scope = ScopeType.INHERIT,
            description = "Kafka's bootstrap servers (PARCELWATCH_KAFKA); default: an embedded broker in the home")
    String kafka;

    @Option(
            names = "--kafka-properties",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "client properties: TLS, SASL, topic.prefix (PARCELWATCH_KAFKA_PROPERTIES)")
    Path kafkaProperties;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "where data, checkpoints and logs are kept (PARCELWATCH_HOME); default: .parcelwatch")
    Path home;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "print the result as one JSON object")
    boolean json;

    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "on an error, print where it came from (PARCELWATCH_DEBUG)")
    boolean stacktrace;

    @Option(names = "--help", usageHelp = true, scope = ScopeType.INHERIT, description = "show this and exit")
    boolean help;

    @Option(names = "--version", versionHelp = true, description = "show the version and exit")
    boolean version;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }

    Settings settings() {
        return Settings.of(this);
    }

    Output output() {
        return new Output(spec.commandLine().getOut(), spec.commandLine().getErr(), json);
    }
}

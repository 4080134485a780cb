package io.parcelwatch.commandline;

import io.parcelwatch.localstack.PostgresAddress;
import io.parcelwatch.localstack.testing.BatchRuns;
import io.parcelwatch.localstack.testing.DatabaseTemplate;
import io.parcelwatch.sql.Database;
import io.parcelwatch.sql.Schema;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Runs commands in this JVM, and keeps what they say. */
final class Commands {

    private static final DatabaseTemplate MIGRATED = new DatabaseTemplate(
            address -> new Schema(new Database(address.url(), address.user(), address.password())).migrate());

    /**
     * What a command said, and how it ended.
     *
     * @param code its exit code
     * @param out  standard output
     * @param err  standard error
     */
    record Said(int code, String out, String err) {

        /** Standard error, which is to be one line. */
        String error() {
            if (err.lines().count() != 1) {
                throw new AssertionError("not one line on standard error:\n" + err);
            }
            return err.strip();
        }
    }

    private final List<String> settings = new ArrayList<>();

    private Commands(List<String> settings) {
        this.settings.addAll(settings);
    }

    /** Commands in a home, with a fresh database and no Kafka. */
    static Commands onFreshDatabase(Path home) {
        return on(freshDatabase(), home);
    }

    /** Commands in a home, with a database and no Kafka. */
    static Commands on(PostgresAddress address, Path home) {
        return with(
                "--home", home.toString(),
                "--db-url", address.url(),
                "--db-user", address.user(),
                "--db-password", address.password(),
                "--kafka", "127.0.0.1:1");
    }

    /** A migrated database, in which jobs of this JVM may run beside those of other tests. */
    static PostgresAddress freshDatabase() {
        PostgresAddress address = MIGRATED.copy();
        BatchRuns.apart(address);
        return address;
    }

    static Commands with(String... settings) {
        return new Commands(List.of(settings));
    }

    Said run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(1, settings);
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        int code = commandLine.execute(all.toArray(String[]::new));
        return new Said(code, out.toString(), err.toString());
    }
}

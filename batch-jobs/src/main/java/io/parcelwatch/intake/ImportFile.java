package io.parcelwatch.intake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One file on its way into one account, as the steps of a job see it.
 *
 * @param id        identity of the import: what was imported where by which rules, never when
 * @param job       the job's name
 * @param channel   where the file comes from
 * @param account   which store of the channel
 * @param input     the file
 * @param format    name and version of the format it is read by, its mapping and rules included
 * @param pass      counts the imports of the same content, from 1; see {@link FileJob#pass}
 * @param threshold how many rejects are too many
 * @param progress  is told how it advances
 * @param mapping   the text of the mapping it is read by; empty where it is read by a format of ours
 * @param turn      its place among the files of the request
 * @param retryOf   digest of the file whose rejected records the input holds; empty where the input is the file
 */
public record ImportFile(
        UUID id,
        String job,
        String channel,
        String account,
        InputFile input,
        String format,
        int pass,
        RejectThreshold threshold,
        Progress progress,
        Optional<String> mapping,
        Turn turn,
        Optional<String> retryOf) {

    /** The import of a file that a request names. */
    static ImportFile of(String job, ImportRequest request, InputFile input, String format, Turn turn) {
        return new ImportFile(
                        null,
                        job,
                        request.channel(),
                        request.account(),
                        input,
                        format,
                        0,
                        request.threshold(),
                        request.progress(),
                        request.mapping().map(ImportFile::text),
                        turn,
                        request.retryOf())
                .inPass(1);
    }

    /** The same file imported once more. */
    ImportFile inPass(int number) {
        List<String> what = new ArrayList<>(List.of(job, channel, account, input.digest(), format));
        retryOf.ifPresent(digest -> what.add("retry of " + digest));
        if (number > 1) {
            what.add("pass " + number);
        }
        UUID identity = identity(what.toArray(String[]::new));
        return new ImportFile(
                identity, job, channel, account, input, format, number, threshold, progress, mapping, turn, retryOf);
    }

    private static String text(Path mapping) {
        try {
            return Files.readString(mapping);
        } catch (IOException e) {
            throw new UnusableInputException(mapping + " cannot be read (" + e.getMessage() + ")");
        }
    }

    /** Digest of the file in which its records stand: what their rejects are known by, also where they are taken again. */
    public String source() {
        return retryOf.orElse(input.digest());
    }

    /** Where the file is. */
    public Path path() {
        return input.path();
    }

    /** The identity of what the texts identify together: the first 128 bits of a SHA-256 over them and their lengths. */
    public static UUID identity(String... parts) {
        try {
            StringBuilder text = new StringBuilder(512);
            for (String part : parts) {
                text.append(part == null ? -1 : part.length()).append(':').append(part == null ? "" : part);
            }
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            long high = 0;
            long low = 0;
            for (int i = 0; i < 8; i++) {
                high = high << 8 | digest[i] & 0xFF;
                low = low << 8 | digest[i + 8] & 0xFF;
            }
            return new UUID(high, low);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK knows SHA-256", e);
        }
    }
}

package io.parcelwatch.importfulfilments;

import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.UnusableInputException;
import java.util.List;
import java.util.Optional;

/**
 * A form in which shops and shipping software say what went out. A new one is a class that implements this, and an
 * entry in {@link FulfilmentFormats}. It says what stands where; what a parcel must keep to is the same for all and
 * stands in {@link FulfilmentRules}.
 */
interface FulfilmentFormat {

    /** The format's name, as {@code --format} takes it. */
    String name();

    /** Counts up with every change of what the format makes of a file. */
    int version();

    /** What a file is read by: part of an import's identity. */
    default String identity() {
        return name() + " " + version();
    }

    /** What speaks against a file that begins like this, as in "no column carrier"; empty where it has the format. */
    Optional<String> refusal(FileHead head);

    /** What a person should know about a file that begins like this although it can be imported. */
    default List<String> warnings(FileHead head, Conventions conventions) {
        return List.of();
    }

    /**
     * Makes ready to read a file. May read all of it, to decide what single rows leave open.
     *
     * @param conventions what the account's files leave unsaid
     * @return the file's records, from any place on
     * @throws UnusableInputException where the file cannot be read, or leaves open what must be known
     */
    BlockReader.Opener<ToldFulfilment> prepare(FileHead head, Conventions conventions);
}

package io.parcelwatch.importorders;

import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.UnusableInputException;
import java.util.List;
import java.util.Optional;

/**
 * A form in which a channel exports orders. A new one is a class that implements this, and an entry in {@link ChannelFormats}. It says what
 * stands where in a file; what an order must keep to is the same for all and stands in {@link OrderRules}.
 */
interface ChannelFormat {

    /** The channel whose exports have this form. */
    String channel();

    /** The format's name, as {@code --format} takes it. */
    String name();

    /**
     * Counts up with every change of what the format makes of a file. Part of an import's identity, so that a file is read anew after such a
     * change.
     */
    int version();

    /** What a file is read by: part of an import's identity. */
    default String identity() {
        return name() + " " + version();
    }

    /** Whether its files are JSON; else they are delimited text. */
    default boolean json() {
        return false;
    }

    /**
     * What speaks against a file that begins like this, as in "no column Id"; empty where it has the format. Asked only of
     * a file that is JSON if the format is, and delimited text if it is not.
     */
    Optional<String> refusal(FileHead head);

    /**
     * What a person should know about a file that begins like this although it can be imported.
     *
     * @param conventions what the account's files leave unsaid
     */
    default List<String> warnings(FileHead head, Conventions conventions) {
        return List.of();
    }

    /** What it means that a file tells of one order in several places. */
    default Gathering gathering() {
        return Gathering.NONE;
    }

    /**
     * Makes ready to read a file. May read all of it, to decide what single rows leave open.
     *
     * @param conventions what the account's files leave unsaid
     * @return the file's orders, from any place on
     * @throws UnusableInputException where the file cannot be read, or leaves open what must be known
     */
    BlockReader.Opener<ChannelOrder> prepare(FileHead head, Conventions conventions);
}

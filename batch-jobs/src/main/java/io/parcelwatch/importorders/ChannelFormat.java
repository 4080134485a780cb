package io.parcelwatch.importorders;

import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.Records;
import io.parcelwatch.intake.UnusableInputException;
import java.io.IOException;
import java.util.List;

/** A form in which a channel exports orders. A new one is a class that implements this, and an entry in {@link ChannelFormats}. */
interface ChannelFormat {

    /** The channel whose exports have this form. */
    String channel();

    /** The format's name, as {@code --format} takes it. */
    String name();

    /**
     * Counts up with every change of what the format makes of a file: mapping and rules. Part of an import's identity, so that a file is
     * read anew after such a change.
     */
    int version();

    /** What speaks against a file with this header; empty where it has the format. */
    List<String> missing(List<String> header);

    /** What a person should know about a file with this header although it can be imported. */
    List<String> warnings(List<String> header);

    /**
     * The file's orders.
     *
     * @param header the file's own
     * @param offset bytes before the first order to read; 0 for the first of the file
     * @param line   physical line of that order; of no meaning where the offset is 0
     * @throws UnusableInputException where the file is none of this format
     */
    Records<ChannelOrder> open(InputFile file, List<String> header, long offset, long line) throws IOException;
}

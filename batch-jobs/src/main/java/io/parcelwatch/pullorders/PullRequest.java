package io.parcelwatch.pullorders;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be pulled.
 *
 * @param since       orders that changed at this time or later; empty: go on where the account's last pull ended
 * @param environment the settings of the channel's API, by the names of their environment variables
 * @param folder      where the pages become a file while they are imported, for nobody else to read
 * @param progress    is told how it advances
 */
public record PullRequest(
        Optional<Instant> since, Map<String, String> environment, Path folder, PullProgress progress) {}

/**
 * PostgreSQL and Kafka without an installation, for commands that are given neither.
 *
 * <p>{@link io.parcelwatch.localstack.LocalStack} is what a command uses. Behind it one background process a home, the {@code
 * Keeper}, owns an {@link io.parcelwatch.localstack.EmbeddedPostgresServer} and an {@link
 * io.parcelwatch.localstack.EmbeddedKafkaBroker}. Tests reach the same two classes through {@code testing.TestServices}.
 */
package io.parcelwatch.localstack;

/**
 * What the jobs that bring files in share: how a file is split into records, staged, judged and accounted for, and how registrations are
 * published. The jobs themselves stand in {@code importorders} and {@code importfulfilments}.
 */
package io.parcelwatch.intake;

/**
 * The job {@code import-fulfilments}: what the warehouse or the shipping software says went out under which number becomes fulfilments and
 * registrations. Start at {@link ImportFulfilmentsJob}.
 */
package io.parcelwatch.importfulfilments;

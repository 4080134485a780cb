/** The commands of {@code ./parcelwatch}, a class a command, and what they share: settings, services, output, errors. */
package io.parcelwatch.commandline;

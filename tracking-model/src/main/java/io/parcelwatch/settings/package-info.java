/** Files of settings that a person writes: read as a tree with lines and keys, and everything that is wrong told at once. */
package io.parcelwatch.settings;

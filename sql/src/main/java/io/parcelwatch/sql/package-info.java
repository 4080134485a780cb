/** The database: how to reach it, and how its schema is brought up to date. */
package io.parcelwatch.sql;

/**
 * The job {@code pull-orders}: what changed in a channel's account is asked of its REST API, page by page, and imported. Start at
 * {@link PullOrders}; {@link PullOrdersJob} shows the job, {@link OrderApi} what a channel's API has to offer.
 */
package io.parcelwatch.pullorders;

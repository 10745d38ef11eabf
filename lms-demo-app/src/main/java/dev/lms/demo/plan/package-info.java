/** What this machine carries: workers, requests in flight, heap, pools. */
@NullMarked
package dev.lms.demo.plan;

import org.jspecify.annotations.NullMarked;

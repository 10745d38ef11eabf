/** What must hold between worker processes: mostly the shipped jar, started at least twice. */
@NullMarked
package dev.lms.demo.workers;

import org.jspecify.annotations.NullMarked;

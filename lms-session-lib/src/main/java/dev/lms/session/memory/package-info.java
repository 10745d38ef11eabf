/** A store that keeps sessions in the memory of one process. */
package dev.lms.session.memory;

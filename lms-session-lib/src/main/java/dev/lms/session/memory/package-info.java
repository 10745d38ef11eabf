/** Sessions in the memory of one process. */
package dev.lms.session.memory;

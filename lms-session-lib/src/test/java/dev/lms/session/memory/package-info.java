/** Tests of sessions in memory. */
package dev.lms.session.memory;

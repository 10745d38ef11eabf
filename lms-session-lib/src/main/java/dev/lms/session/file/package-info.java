/** A store that keeps sessions in files, for one or several processes of one machine. */
package dev.lms.session.file;

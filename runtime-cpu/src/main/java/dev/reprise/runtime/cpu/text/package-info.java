/** Values as text. */
package dev.reprise.runtime.cpu.text;

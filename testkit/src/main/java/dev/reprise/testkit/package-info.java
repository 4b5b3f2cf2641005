/** What tests of several modules share: memory that counts, matrices, the contract of devices. */
package dev.reprise.testkit;

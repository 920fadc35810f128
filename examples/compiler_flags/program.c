/* What is made fast: a product of matrices, bodies that attract each other, and bits that are counted. Prints what it computed, and how
   many seconds of the processor that took. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

enum { SIZE = 160, PRODUCTS = 48, BODIES = 96, STEPS = 960, WORDS = 1 << 16, COUNTS = 24 };

static float a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

static double matrices(void) {
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIZE; j++) {
      a[i][j] = (float)((i * 7 + j * 3) % 11) / 11;
      b[i][j] = (float)((i * 5 + j * 13) % 17) / 17;
    }
  for (int n = 0; n < PRODUCTS; n++)
    for (int i = 0; i < SIZE; i++)
      for (int j = 0; j < SIZE; j++) {
        float sum = 0;
        for (int k = 0; k < SIZE; k++) sum += a[i][k] * b[k][j];
        c[i][j] = 0.5f * c[i][j] + sum;
      }
  double trace = 0;
  for (int i = 0; i < SIZE; i++) trace += c[i][i];
  return trace;
}

static double x[BODIES], y[BODIES], z[BODIES], vx[BODIES], vy[BODIES], vz[BODIES];

static double distance(double dx, double dy, double dz) { return sqrt(dx * dx + dy * dy + dz * dz + 0.01); }

static double bodies(void) {
  for (int i = 0; i < BODIES; i++) x[i] = (i * 37) % 101 / 10.0, y[i] = (i * 61) % 103 / 10.0, z[i] = (i * 83) % 107 / 10.0;
  for (int n = 0; n < STEPS; n++) {
    for (int i = 0; i < BODIES; i++) {
      double ax = 0, ay = 0, az = 0;
      for (int j = 0; j < BODIES; j++) {
        double dx = x[j] - x[i], dy = y[j] - y[i], dz = z[j] - z[i], d = distance(dx, dy, dz);
        ax += dx / (d * d * d), ay += dy / (d * d * d), az += dz / (d * d * d);
      }
      vx[i] += 1e-4 * ax, vy[i] += 1e-4 * ay, vz[i] += 1e-4 * az;
    }
    for (int i = 0; i < BODIES; i++) x[i] += 1e-4 * vx[i], y[i] += 1e-4 * vy[i], z[i] += 1e-4 * vz[i];
  }
  double energy = 0;
  for (int i = 0; i < BODIES; i++) energy += vx[i] * vx[i] + vy[i] * vy[i] + vz[i] * vz[i];
  return energy;
}

static uint64_t words[WORDS];

static int bits(uint64_t word) {
  int count = 0;
  for (; word; word &= word - 1) count++;
  return count;
}

static double counts(void) {
  uint64_t state = 88172645463325252u, sum = 0;
  for (int i = 0; i < WORDS; i++) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    words[i] = state;
  }
  for (int n = 0; n < COUNTS; n++)
    for (int i = 0; i < WORDS; i++) sum += (uint64_t)bits(words[i] ^ (uint64_t)n);
  return (double)sum;
}

int main(void) {
  double m = matrices(), e = bodies(), s = counts();
  printf("%.6g %.6g %.0f\n%.6f\n", m, e, s, (double)clock() / CLOCKS_PER_SEC);
  return 0;
}

// A thousand instants from 2020 to 2100 (Julian days, TT), the Sun's apparent longitude then by the whole of VSOP87, and the Moon's by ELP/MPP02, as npm astronomia has them, in degrees. Argument: the folder of node_modules.
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.argv[2], 'x.js'));
const { solar, planetposition, elp, nutation } = require('astronomia');
const { default: data } = require('astronomia/data');
const earth = new planetposition.Planet(data.vsop87Bearth);
const moon = new elp.Moon(data.elpMppDeFull);
const degrees = 180 / Math.PI;

for (let i = 0; i < 1000; i++) {
  const jde = 2458849.5 + i * 29.587;
  // ELP/MPP02 is geometric: light from the Moon takes 1.3 seconds, in which it goes 0.7".
  console.log(`${jde}\t${solar.apparentVSOP87(earth, jde).lon * degrees}\t${(moon.position(jde).lon + nutation.nutation(jde)[0]) * degrees - 0.7 / 3600}`);
}

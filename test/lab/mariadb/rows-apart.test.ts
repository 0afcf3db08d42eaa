import { testRowsApart } from '../rows-apart.ts';
import { startShop } from './shop-pair.ts';

testRowsApart('mariadb', () => startShop());
